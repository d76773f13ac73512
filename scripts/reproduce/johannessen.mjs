import { predictedOf, trialOf, valuesOf } from './trials.mjs'

/** Bytes a message with WebSocket and with long polling. */
const THEIRS = { socketIo: [242, 948], sockJs: [247, 1138], signalR: [597, 2011] }

export async function reproduce(measure) {
  const result = await measure()
  const points = valuesOf(result, 'network.rtt').map((rttUs) => {
    const [longPolling, webSocket] = ['long-polling', 'websocket'].map((transport) =>
      trialOf(result, { transport, 'network.rtt': rttUs }),
    )
    return { rttUs, longPolling, webSocket, ratio: longPolling.bytes.perMessage / webSocket.bytes.perMessage }
  })
  const [shortest, longest] = [points[0], points.at(-1)]
  return {
    figures: {
      ...Object.fromEntries(
        Object.entries(THEIRS).map(([name, [webSocket, longPolling]]) => [`published.${name}`, longPolling / webSocket]),
      ),
      'here.unbatched': shortest.ratio,
      'here.messagesPerResponse': longest.longPolling.requests.messagesPerResponse,
      'here.batched': longest.ratio,
      'model.deviation': Math.max(
        ...points.map(({ longPolling }) => Math.abs(predictedOf(longPolling, 'bytes.perMessage').deviation)),
      ),
    },
    tables: [
      {
        title: 'Bytes a message',
        heads: ['round trip', 'messages an answer', 'long polling', 'by the model', 'WebSocket', 'ratio'],
        rows: points.map(({ rttUs, longPolling, webSocket, ratio }) => [
          `${rttUs / 1e3} ms`,
          longPolling.requests.messagesPerResponse.toFixed(2),
          `${longPolling.bytes.perMessage.toFixed(0)} B`,
          `${predictedOf(longPolling, 'bytes.perMessage').expected.toFixed(0)} B`,
          `${webSocket.bytes.perMessage.toFixed(0)} B`,
          ratio.toFixed(2),
        ]),
      },
    ],
  }
}
