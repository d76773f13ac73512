import type { Arrival } from '../../network/poll-clock.js'
import { HttpClient } from '../http-client.js'
import { LineSplitter } from '../line-splitter.js'
import type { OpenClient } from '../transport.js'
import type { HttpStreamingOptions } from './options.js'

/** Reads one response that never ends, a line a message. */
export const open: OpenClient<HttpStreamingOptions> = (context, sink) => {
  const { clock, after } = context
  const http = new HttpClient(context)
  let arrived: Arrival
  const lines = new LineSplitter((line) => {
    if (line.length > 0) sink.message(line, arrived)
  })
  const lost = (error: Error | null) => {
    void http.close()
    sink.lost(error)
  }

  sink.requested(clock.nowUs())
  http.get(after === null ? '/stream' : `/stream?after=${after}`, {
    onStart(status) {
      if (status === 200) sink.subscribed(null)
      else http.abort(new Error(`expected status 200, got ${status}`))
    },
    onData(chunk, arrival) {
      arrived = arrival
      try {
        lines.push(chunk)
      } catch (error) {
        http.abort(error as Error)
      }
    },
    onEnd: () => lost(null),
    onError: lost,
  })
  return { close: () => http.close() }
}
