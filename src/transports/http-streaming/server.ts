import { Fanout } from '../fanout.js'
import { beginStream, chunk, LAST_CHUNK } from '../http-stream.js'
import { allowParameters, cursorParameter } from '../query.js'
import type { MountServer } from '../transport.js'
import type { HttpStreamingOptions } from './options.js'

/** `GET /stream?after=<seq>`: `application/x-ndjson`, a line a message, never ends. */
export const mount: MountServer<HttpStreamingOptions> = ({ log }, { coalesce }) => {
  const fanout = new Fanout({ log, coalesce, frame: ({ text }) => chunk(text, '\n') })
  return {
    routes: {
      '/stream'(request, response, query) {
        allowParameters(query, ['after'])
        const after = cursorParameter(query)
        const socket = beginStream(request, response, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' })
        if (socket !== undefined) fanout.add(socket, after)
      },
    },
    counters: () => fanout.counters(),
    close: () => fanout.close(LAST_CHUNK),
  }
}
