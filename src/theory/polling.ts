import { type AnswerShare, emptyShareOf, periodicAnswers, poissonAnswers } from './answers.js'
import { evenAfter, type Latency } from './latency.js'

/** What clients that ask meet. */
export interface PullModel {
  latency: Latency
  /** Requests per message of the feed, whether or not it is delivered. */
  requestsPerMessage: number
  /** Share of the answers that bring nothing. */
  emptyShare: number
  /** Share of the messages that a client gets; below 1 only where it wants the newest alone. */
  deliveredShare: number
  /** Mean age of the newest message that a client holds, in microseconds. */
  stalenessMeanUs: number
  answers: AnswerShare[]
}

export interface PollingCase {
  arrival: 'poisson' | 'periodic'
  ratePerSec: number
  intervalUs: number
  /** One way, in microseconds. */
  toServerUs: number
  toClientUs: number
  /** Each poll takes the newest message only. */
  latestOnly: boolean
}

/**
 * Polling at a fixed interval T, each client in a phase of its own that is spread evenly over T. With d the way to the client: a message waits U[0, T)
 * for the next poll to be at the server, so latency is d + U[0, T); how long the poll takes to get there moves all polls alike and changes nothing.
 * For a periodic feed this holds over the clients together, not for each of them: where T/P is rational one client knows only a few waits.
 *
 * | | Poisson feed | periodic feed, period P |
 * |---|---|---|
 * | requests per message | 1/(lambda T) | P/T |
 * | empty share | e^(-lambda T) | max(0, 1 - T/P) |
 * | delivered share, newest only | (1 - e^(-lambda T))/(lambda T) | min(1, P/T) |
 * | mean age | d + T/2 + 1/lambda | d + T/2 + P/2 |
 *
 * Derived from the arrival process: T holds Poisson(lambda T) messages, or the whole number below or above T/P. Beyond one interval of round trip, T is
 * `pollIntervalUs`.
 */
export function polling(polled: PollingCase): PullModel {
  const { arrival, ratePerSec, toClientUs, latestOnly } = polled
  const intervalUs = pollIntervalUs(polled)
  const perPoll = (ratePerSec * intervalUs) / 1e6
  const all = arrival === 'poisson' ? poissonAnswers(perPoll) : periodicAnswers(perPoll)
  const emptyShare = emptyShareOf(all)
  const gapUs = 1e6 / ratePerSec
  return {
    latency: latestOnly ? newestOnly(arrival, intervalUs, ratePerSec, toClientUs) : evenAfter(toClientUs, intervalUs),
    requestsPerMessage: 1 / perPoll,
    emptyShare,
    deliveredShare: latestOnly ? (1 - emptyShare) / perPoll : 1,
    stalenessMeanUs: toClientUs + intervalUs / 2 + (arrival === 'poisson' ? gapUs : gapUs / 2),
    answers: latestOnly ? newestAnswers(emptyShare) : all,
  }
}

/**
 * Between the polls that are sent: a tick that finds the poll before still open is skipped, so that with a round trip of T or more every second, third, ... tick
 * is left.
 */
function pollIntervalUs({
  intervalUs,
  toServerUs,
  toClientUs,
}: Omit<PollingCase, 'arrival' | 'ratePerSec' | 'latestOnly'>): number {
  return intervalUs * (Math.floor((toServerUs + toClientUs) / intervalUs) + 1)
}

/**
 * Of the newest message that a poll finds. Poisson: the time back to it is exponential, cut off at T:
 * P(wait <= w) = (1 - e^(-lambda w))/(1 - e^(-lambda T)), mean 1/lambda - T/(e^(lambda T) - 1). Periodic: U[0, min(T, P)).
 */
function newestOnly(arrival: PollingCase['arrival'], intervalUs: number, ratePerSec: number, toClientUs: number): Latency {
  const gapUs = 1e6 / ratePerSec
  if (arrival === 'periodic') return evenAfter(toClientUs, Math.min(intervalUs, gapUs))
  const found = -Math.expm1(-intervalUs / gapUs)
  return {
    meanUs: toClientUs + gapUs - intervalUs / Math.expm1(intervalUs / gapUs),
    maxUs: toClientUs + intervalUs,
    percentileUs: (percentile) => toClientUs + Math.min(intervalUs, -gapUs * Math.log1p((-percentile / 100) * found)),
  }
}

function newestAnswers(emptyShare: number): AnswerShare[] {
  return [
    { messages: 0, share: emptyShare },
    { messages: 1, share: 1 - emptyShare },
  ].filter(({ share }) => share > 0)
}
