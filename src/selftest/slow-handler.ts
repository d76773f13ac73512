import { systemClock } from '../measure/clock.js'
import type { ClientSink, OpenClient, TransportDescriptor } from '../transports/transport.js'
import { websocket } from '../transports/websocket/descriptor.js'
import type { WebSocketOptions } from '../transports/websocket/options.js'

/** For how long each message keeps its handler busy, in microseconds. */
export const HANDLER_US = 1_000

/** The websocket transport, whose clients are so slow to handle a message that many of them make a queue. What is received is received when the kernel had it. */
const slowHandler: TransportDescriptor<WebSocketOptions> = {
  ...websocket,
  name: 'slow-handler',
  client: async () => {
    const { open } = await websocket.client()
    return { open: (context, sink) => open(context, slow(sink)) } satisfies { open: OpenClient<WebSocketOptions> }
  },
}

export default slowHandler

function slow(sink: ClientSink): ClientSink {
  return {
    subscribed: (cursor) => sink.subscribed(cursor),
    requested: (us) => sink.requested(us),
    answered: (messages) => sink.answered(messages),
    requestFailed: (error) => sink.requestFailed(error),
    skipped: (us) => sink.skipped(us),
    lost: (error) => sink.lost(error),
    message(text, arrival, latestOnly) {
      const untilUs = systemClock.nowUs() + HANDLER_US
      // What a slow parser or an application would do meanwhile: nothing that lets others run.
      while (systemClock.nowUs() < untilUs);
      sink.message(text, arrival, latestOnly)
    },
  }
}
