import type { IncomingMessage } from 'node:http'
import { Fanout } from '../fanout.js'
import { beginStream, chunk, LAST_CHUNK } from '../http-stream.js'
import { allowParameters, cursorParameter, parseInteger } from '../query.js'
import type { MountServer } from '../transport.js'
import type { SseOptions } from './options.js'

const HEARTBEAT = chunk(':\n\n')

/** `GET /events`: `text/event-stream` with `id:` and `data:`; `Last-Event-ID` wins over `after`. */
export const mount: MountServer<SseOptions> = ({ log }, { coalesce, heartbeatUs }) => {
  const fanout = new Fanout({ log, coalesce, frame: ({ position, text }) => chunk(`id: ${position}\ndata: `, text, '\n\n') })
  let newestAtBeat = 0
  const heartbeat = setInterval(() => {
    // Only where the feed itself does not keep the connections open.
    if (log.newest === newestAtBeat) fanout.writeAside(HEARTBEAT)
    newestAtBeat = log.newest
  }, heartbeatUs / 1e3)
  heartbeat.unref()
  return {
    routes: {
      '/events'(request, response, query) {
        allowParameters(query, ['after'])
        const cursor = cursorParameter(query)
        const after = lastEventId(request) ?? cursor
        const socket = beginStream(request, response, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
        if (socket !== undefined) fanout.add(socket, after)
      },
    },
    counters: () => fanout.counters(),
    close() {
      clearInterval(heartbeat)
      fanout.close(LAST_CHUNK)
    },
  }
}

function lastEventId(request: IncomingMessage): number | null {
  const value = request.headers['last-event-id']
  // A browser sends an empty one where it has seen none.
  if (value === undefined || value === '') return null
  return parseInteger('Last-Event-ID', String(value), Number.MAX_SAFE_INTEGER)
}
