import { sendMessages, sendNothing } from '../poll-response.js'
import { allowParameters, BadParameter, cursorParameter } from '../query.js'
import type { MountServer } from '../transport.js'
import type { PollingOptions } from './options.js'

/** `GET /poll?after=<seq>&mode=latest`: what there is, at once. */
export const mount: MountServer<PollingOptions> = ({ log }) => {
  let evicted = 0
  return {
    routes: {
      '/poll'(_request, response, query) {
        allowParameters(query, ['after', 'mode'])
        const mode = query.get('mode')
        if (mode !== null && mode !== 'latest') throw new BadParameter('mode', 'latest', mode)
        const after = cursorParameter(query)
        if (after === null) return sendMessages(response, [], log.newest)
        if (after >= log.newest) return sendNothing(response)
        const read = mode === 'latest' ? log.read(log.newest - 1) : log.read(after)
        evicted += read.evicted
        sendMessages(response, read.entries, read.next)
      },
    },
    counters: () => ({ writes: null, messagesWritten: null, evicted }),
    close() {},
  }
}
