import { evenAfter, type Latency } from './latency.js'

/**
 * Streaming, SSE, WebSocket: latency is the way to the client, and the place in the fan-out loop of N clients, each of which costs the server c:
 * d + U[0, N c). `cpuUsPerDelivery` is that c, measured; 0 leaves the server's own time out. Holds while lambda N c < 1: see `overloadWaitUs`.
 */
export function push({
  toClientUs,
  clients = 0,
  cpuUsPerDelivery = 0,
}: {
  toClientUs: number
  clients?: number
  cpuUsPerDelivery?: number
}): Latency {
  return evenAfter(toClientUs, clients * cpuUsPerDelivery)
}

/**
 * How long a message waits that is published `sinceUs` after the start of a feed which the server cannot carry: sinceUs (lambda N c - 1), for ever longer; 0 where it can. A
 * plateau there means that samples were left out.
 */
export function overloadWaitUs(
  sinceUs: number,
  { ratePerSec, clients, cpuUsPerDelivery }: { ratePerSec: number; clients: number; cpuUsPerDelivery: number },
): number {
  return Math.max(0, sinceUs * ((ratePerSec * clients * cpuUsPerDelivery) / 1e6 - 1))
}

/** Mean age of the newest message of a client that gets each after `toClientUs`: the mean time back to it, 1/lambda (Poisson) or P/2 (periodic). */
export function pushStalenessUs(arrival: 'poisson' | 'periodic', ratePerSec: number, toClientUs: number): number {
  return toClientUs + (arrival === 'poisson' ? 1e6 : 0.5e6) / ratePerSec
}

/**
 * Long polling when the server's processor is the limit batches by itself: one cycle over all clients takes N c_req / (1 - lambda N c_msg), and a message waits
 * for half of one on average. `Infinity` where even the messages alone are too many.
 */
export function saturatedCycleUs({
  ratePerSec,
  clients,
  cpuUsPerRequest,
  cpuUsPerMessage,
}: {
  ratePerSec: number
  clients: number
  cpuUsPerRequest: number
  cpuUsPerMessage: number
}): number {
  const left = 1 - (ratePerSec * clients * cpuUsPerMessage) / 1e6
  return left > 0 ? (clients * cpuUsPerRequest) / left : Number.POSITIVE_INFINITY
}
