import { type AnswerShare, meanMessages, periodicAnswers, poissonAnswers } from './answers.js'
import { evenAfter } from './latency.js'
import { periodicLoop } from './long-polling-loop.js'
import type { PullModel } from './polling.js'

export interface LongPollingCase {
  arrival: 'poisson' | 'periodic'
  ratePerSec: number
  /** One way, in microseconds. */
  toServerUs: number
  toClientUs: number
  /** How long the server holds a request without a message, in microseconds. */
  holdUs: number
  /** Between an answer and the next request at the client, in microseconds. */
  thinkUs?: number
}

/** From an answer that leaves the server to the next request that reaches it, in microseconds: the time in which messages wait. */
export function turnaroundUs({ toServerUs, toClientUs, thinkUs = 0 }: LongPollingCase): number {
  return toServerUs + toClientUs + thinkUs
}

/** Long polling that asks again at once. */
export function longPolling(polled: LongPollingCase): PullModel {
  return polled.arrival === 'poisson' ? poissonLongPolling(polled) : periodicLongPolling(polled)
}

/**
 * A Poisson feed. With G the turnaround, H the hold, a = lambda G: an answer leaves, and N ~ Poisson(a) messages come in the G after it. If N > 0 they leave
 * together when the next request is there, each having waited U[0, G); if not, the request waits for the next message, which leaves at once, or
 * for H. Since the process has no memory, every answer begins this anew. So with q = e^(-lambda (G + H)), the share of empty answers, and
 * b = a + e^-a - q, the messages per request:
 *
 * requests per message 1/b; without a wait (e^-a - q)/b; mean d + lambda G^2 / (2 b); P(latency <= d + x) = (e^-a - q)/b + (a/b) x/G; at most d + G.
 *
 * d is the way to the client. RFC 6202 section 2.2 says the same in words: from one transit when messages are rare to two on average, and three at most.
 */
function poissonLongPolling(polled: LongPollingCase): PullModel {
  const { ratePerSec, toClientUs, holdUs } = polled
  const gapUs = turnaroundUs(polled)
  const a = (ratePerSec * gapUs) / 1e6
  const none = Math.exp(-a)
  const emptyShare = Math.exp(-a - (ratePerSec * holdUs) / 1e6)
  const b = a + none - emptyShare
  return {
    latency: evenAfter(toClientUs, gapUs, (none - emptyShare) / b),
    requestsPerMessage: 1 / b,
    emptyShare,
    deliveredShare: 1,
    stalenessMeanUs: toClientUs + poissonAgeUs(1e6 / ratePerSec, gapUs, holdUs),
    answers: heldAnswers(poissonAnswers(a), emptyShare),
  }
}

/** Where nothing came during the turnaround, the answer has the one message that was waited for, or nothing when the hold is over. */
function heldAnswers(during: readonly AnswerShare[], emptyShare: number): AnswerShare[] {
  const shareOf = (messages: number) => during.find((answer) => answer.messages === messages)?.share ?? 0
  return [
    { messages: 0, share: emptyShare },
    { messages: 1, share: Math.max(0, shareOf(0) - emptyShare) + shareOf(1) },
    ...during.filter(({ messages }) => messages > 1),
  ].filter(({ share }) => share > 0)
}

/**
 * The mean age of the newest message that has left the server. From one answer with messages to the next it is A + t: A the age that the newest had when it left,
 * L how long until the next. The two are independent, so the mean over time is E[A] + E[L^2] / (2 E[L]). L is K times G + H in vain, with
 * P(K >= k) = q^k, and then D: G where something came in it, else G + X with X exponential and below H. E[A; N > 0] = (1 - e^-a (1 + a)) / lambda.
 */
function poissonAgeUs(meanGapUs: number, turnaround: number, holdUs: number): number {
  const a = turnaround / meanGapUs
  const h = holdUs / meanGapUs
  const none = Math.exp(-a)
  const q = Math.exp(-a - h)
  const isAnswered = 1 - q
  // Of X, over those that are below H: the integrals of x e^-x and x^2 e^-x from 0 to h.
  const rest = Math.exp(-h)
  const x1 = 1 - rest * (1 + h)
  const x2 = 2 - rest * (h * h + 2 * h + 2)
  const waited = none * (1 - rest)
  const d1 = (a * (1 - none + waited) + none * x1) / isAnswered
  const d2 = (a * a * (1 - none + waited) + none * (2 * a * x1 + x2)) / isAnswered
  const k1 = q / isAnswered
  const k2 = (q * (1 + q)) / (isAnswered * isAnswered)
  const cycle = a + h
  const l1 = k1 * cycle + d1
  const l2 = k2 * cycle * cycle + 2 * k1 * cycle * d1 + d2
  const newest = (1 - none * (1 + a)) / isAnswered
  return meanGapUs * (newest + l2 / (2 * l1))
}

/**
 * A periodic feed, period P: a sharp transition where the turnaround G passes P. Below, the request is always back before the next message: latency d, one request
 * a message. Above, something waits for every request, so that the loop runs freely, an answer every G: latency d + U[0, G), P/G requests a message.
 *
 * U[0, G) is the mean over all phases between loop and feed. A loop of exactly p/q periods stays in the phase in which it began, and its mean wait lies
 * between G/2 - P/(2q) and G/2 + P/(2q) (`periodicLoop`); the fraction of a millisecond that a client takes to ask again is enough to lead a real loop
 * through all of them, in P/q divided by that fraction answers.
 */
function periodicLongPolling(polled: LongPollingCase): PullModel {
  const { ratePerSec, toClientUs, holdUs } = polled
  const periodUs = 1e6 / ratePerSec
  const gapUs = turnaroundUs(polled)
  if (gapUs <= periodUs) {
    if (gapUs + holdUs < periodUs) return periodicLoop({ periodUs, turnaroundUs: gapUs, holdUs, toClientUs })
    return {
      latency: evenAfter(toClientUs, 0),
      requestsPerMessage: 1,
      emptyShare: 0,
      deliveredShare: 1,
      stalenessMeanUs: toClientUs + periodUs / 2,
      answers: [{ messages: 1, share: 1 }],
    }
  }
  const answers = periodicAnswers(gapUs / periodUs)
  return {
    latency: evenAfter(toClientUs, gapUs),
    requestsPerMessage: 1 / meanMessages(answers),
    emptyShare: 0,
    deliveredShare: 1,
    // The newest that leaves is U[0, P) old, and the next answer G away.
    stalenessMeanUs: toClientUs + periodUs / 2 + gapUs / 2,
    answers,
  }
}
