export interface ScheduledLoop {
  /** When each message is published, in order, in microseconds. */
  dueUs: readonly number[]
  /** Between the answer that leaves the server and the next request at the client: nothing. */
  toServerUs: number
  toClientUs: number
  holdUs: number
  /** Messages published and requests sent in it are counted, from its start to just before its end. */
  window: { startUs: number; endUs: number }
}

/** What one client meets; `null` where the window has no message. */
export interface LoopFigures {
  meanUs: number | null
  requestsPerMessage: number | null
}

/**
 * Long polling over these very messages, followed answer by answer: no law of large numbers, since a window holds some dozen messages, whose own mean is some percent from the law's. A request that finds messages takes all of them; one that finds none waits for the next, or
 * until the hold is over. At the start of the feed one is waiting. Over many messages of a Poisson feed this comes to `longPolling`, and of a periodic one to `periodicLoop`.
 */
export function scheduledLoop({ dueUs, toServerUs, toClientUs, holdUs, window }: ScheduledLoop): LoopFigures {
  const isInside = (us: number) => us >= window.startUs && us < window.endUs
  let sumUs = 0
  let messages = 0
  let requests = 0
  let requestUs = 0
  for (let next = 0; next < dueUs.length; ) {
    const firstUs = dueUs[next] as number
    const leavesUs = firstUs <= requestUs + holdUs ? Math.max(requestUs, firstUs) : requestUs + holdUs
    for (; next < dueUs.length && (dueUs[next] as number) <= leavesUs; next++) {
      const publishedUs = dueUs[next] as number
      if (!isInside(publishedUs)) continue
      sumUs += leavesUs + toClientUs - publishedUs
      messages++
    }
    const sentUs = leavesUs + toClientUs
    if (isInside(sentUs)) requests++
    requestUs = sentUs + toServerUs
  }
  return messages === 0
    ? { meanUs: null, requestsPerMessage: null }
    : { meanUs: sumUs / messages, requestsPerMessage: requests / messages }
}
