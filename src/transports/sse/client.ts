import type { Arrival } from '../../network/poll-clock.js'
import { HttpClient } from '../http-client.js'
import type { OpenClient } from '../transport.js'
import type { SseOptions } from './options.js'
import { SseParser } from './parser.js'

/** Reads an event stream, and comes back with `Last-Event-ID` as a browser does. */
export const open: OpenClient<SseOptions> = (context, sink) => {
  const { clock, after } = context
  const http = new HttpClient(context)
  let arrived: Arrival
  const events = new SseParser((data) => sink.message(data, arrived))
  const lost = (error: Error | null) => {
    void http.close()
    sink.lost(error)
  }

  sink.requested(clock.nowUs())
  const resume = after === null ? [] : ['last-event-id', String(after)]
  http.get(
    '/events',
    {
      onStart(status) {
        if (status === 200) sink.subscribed(null)
        else http.abort(new Error(`expected status 200, got ${status}`))
      },
      onData(chunk, arrival) {
        arrived = arrival
        try {
          events.push(chunk)
        } catch (error) {
          http.abort(error as Error)
        }
      },
      onEnd: () => lost(null),
      onError: lost,
    },
    ['accept', 'text/event-stream', ...resume],
  )
  return { close: () => http.close() }
}
