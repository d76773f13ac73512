import { decodeHistogram } from '../../dist/measure/histogram.js'
import { halfOpenDetectionUs } from '../../dist/theory/delivery.js'
import { trialOf } from './trials.mjs'

/** Far above what a delivery takes, and below the shortest detection. */
const LATE_US = 200e3
/** Before a lost connection is dialled again: 100 ms x (0.5 + U[0, 1)). */
const RETRY = { meanUs: 100e3, mostUs: 150e3 }
const SHARE = 0.5

export async function reproduce(measure) {
  const result = await measure()
  const ping = trialOf(result, { label: 'websocket(ping=1s,pingTimeout=800ms)' })
  const noPing = trialOf(result, { label: 'websocket(ping=off)' })
  const halfOpen = ping.load.clients * SHARE
  const law = (waitUs) => halfOpenDetectionUs({ pingUs: 25e6, waitUs })
  return {
    figures: {
      'law.socketIo': law(20e6).meanUs,
      'law.centrifugo': law(8e6).meanUs,
      'ping.found': ping.connections.reconnects / halfOpen,
      'ping.mean': meanOutageUs(ping, halfOpen) - RETRY.meanUs,
      'ping.latest': ping.latencyUs.max - RETRY.mostUs,
      'ping.missing': ping.messages.missing,
      'noPing.found': noPing.connections.reconnects,
      'noPing.missing': noPing.messages.missing / noPing.messages.expected,
    },
    tables: [
      {
        title: 'With and without a ping',
        heads: ['', 'came back', 'missing', 'p50', 'p90', 'max'],
        rows: [ping, noPing].map(({ label, connections, messages, latencyUs }) => [
          label,
          String(connections.reconnects),
          String(messages.missing),
          ...[latencyUs.p50, latencyUs.p90, latencyUs.max].map((us) => `${(us / 1e3).toFixed(1)} ms`),
        ]),
      },
    ],
  }
}

/**
 * Of a client that is away for D, the messages of D - LATE_US are later than that: so many are late together, rate x the sum of it. The share that is late
 * is the percentile at which the histogram passes the limit.
 */
function meanOutageUs({ latencyUs, load }, halfOpen) {
  const histogram = decodeHistogram(latencyUs.histogram)
  let [low, high] = [0, 100]
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2
    if (histogram.percentile(middle) > LATE_US) high = middle
    else low = middle
  }
  const late = latencyUs.count * (1 - high / 100)
  return (late / halfOpen / load.ratePerSec) * 1e6 + LATE_US
}
