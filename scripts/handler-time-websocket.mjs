/** The websocket transport, but received is when the handler ran: what most tools do, to be compared with the poll's return. */
import { websocket } from '../dist/transports/websocket/descriptor.js'

export default {
  ...websocket,
  name: 'handler-time-websocket',
  client: async () => {
    const { open } = await websocket.client()
    return {
      open: (context, sink) =>
        open(context, {
          subscribed: (cursor) => sink.subscribed(cursor),
          requested: (us) => sink.requested(us),
          lost: (error) => sink.lost(error),
          message(text, { lagUs }) {
            const nowUs = context.clock.nowUs()
            sink.message(text, { receivedUs: nowUs, readUs: nowUs, lagUs })
          },
        }),
    }
  },
}
