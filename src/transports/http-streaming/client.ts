import { openEndless } from '../endless-response.js'
import { LineSplitter } from '../line-splitter.js'
import { OWN_SURFACES, streamPath } from '../surface.js'
import type { OpenClient } from '../transport.js'
import type { HttpStreamingOptions } from './options.js'

/** Reads one response that never ends, a line a message. */
export const open: OpenClient<HttpStreamingOptions> = (context, sink) =>
  openEndless(context, sink, {
    path: streamPath(context.surface ?? OWN_SURFACES['http-streaming'], context.after),
    parser: (onMessage) =>
      new LineSplitter((line) => {
        if (line.length > 0) onMessage(line)
      }),
  })
