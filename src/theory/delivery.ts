/** What connections that fail cost, and what acknowledgements allow. Times in microseconds. */

/**
 * How long a peer that has vanished is taken to be there, with a ping every `pingUs` and a wait of `waitUs` for its answer: U[W, W + I]. Socket.IO has 25 s and 20 s,
 * Centrifugo 25 s and 8 s.
 */
export function halfOpenDetectionUs({ pingUs, waitUs }: { pingUs: number; waitUs: number }): {
  leastUs: number
  meanUs: number
  mostUs: number
} {
  return { leastUs: waitUs, meanUs: waitUs + pingUs / 2, mostUs: waitUs + pingUs }
}

/** When Linux gives up by itself: data on its way and tcp_retries2 = 15; idle with keep-alive, 7200 s and 9 probes of 75 s. */
export const TCP_GIVES_UP_US = { withDataUs: 925e6, idleUs: 7_875e6 } as const

/** Without acknowledgement and cursor all is lost that comes before the client is back: lambda x (detection + reconnect). */
export function lostWithoutCursor({
  ratePerSec,
  detectionUs,
  reconnectUs,
}: {
  ratePerSec: number
  detectionUs: number
  reconnectUs: number
}): number {
  return (ratePerSec * (detectionUs + reconnectUs)) / 1e6
}

/** With a cursor over a buffer of `bufferMessages` only what has left the buffer meanwhile. */
export function lostWithCursor({
  ratePerSec,
  outageUs,
  bufferMessages,
}: {
  ratePerSec: number
  outageUs: number
  bufferMessages: number
}): number {
  return Math.max(0, (ratePerSec * outageUs) / 1e6 - bufferMessages)
}

/** Messages per second with at most `window` that wait for their acknowledgement: min(lambda, W/RTT); a window of 1 is stop and wait. */
export function acknowledgedRatePerSec({
  ratePerSec,
  roundTripUs,
  window,
}: {
  ratePerSec: number
  roundTripUs: number
  window: number
}): number {
  return Math.min(ratePerSec, (window * 1e6) / roundTripUs)
}
