import type { Arrival } from '../network/poll-clock.js'
import { HttpClient } from './http-client.js'
import type { ClientContext, ClientSink, Session } from './transport.js'

/** What cuts a stream of bytes into messages. Throws where they make no sense. */
export interface StreamParser {
  push(chunk: Buffer): void
}

export interface EndlessRequest {
  path: string
  /** Names and values in turn, beyond those of the context. */
  headers?: string[]
  parser(onMessage: (text: Buffer) => void): StreamParser
}

/** The client of a response that never ends: what HTTP streaming and server-sent events have in common. */
export function openEndless(context: ClientContext, sink: ClientSink, { path, headers = [], parser }: EndlessRequest): Session {
  const http = new HttpClient(context)
  let arrived: Arrival
  const messages = parser((text) => sink.message(text, arrived))
  let refusal: Error | null = null
  const lost = (error: Error | null) => {
    void http.close()
    sink.lost(error)
  }
  sink.requested(context.clock.nowUs())
  http.get(
    path,
    {
      onStart(status) {
        if (status === 200) return sink.subscribed(null)
        refusal = new Error(`expected status 200, got ${status}`)
        http.abort(refusal)
      },
      onData(chunk, arrival) {
        arrived = arrival
        try {
          messages.push(chunk)
        } catch (error) {
          http.abort(error as Error)
        }
      },
      // A refusal may be over before it can be cut off.
      onEnd: () => lost(refusal),
      onError: lost,
    },
    headers,
  )
  return { close: () => http.close() }
}
