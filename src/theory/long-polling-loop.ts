import { type AnswerShare, emptyShareOf, meanMessages } from './answers.js'
import { ofValues } from './latency.js'
import type { PullModel } from './polling.js'

export interface PeriodicLoop {
  periodUs: number
  /** From an answer that leaves the server to the next request that reaches it. */
  turnaroundUs: number
  holdUs: number
  toClientUs: number
  /** When the first request is at the server, after the first message; 0 (and default): that message finds it waiting, as at the start of a feed. */
  firstRequestUs?: number
  /** How many messages are followed. Where the loop is locked to the feed, all that follow repeat them. */
  messages?: number
}

const MESSAGES = 20_000

/**
 * The loop of one client over a periodic feed, followed answer by answer without any approximation: messages are due at 0, P, 2 P, ...; a request that finds
 * messages takes all of them, also one that is published at the same moment; one that finds none waits for the next, or until the hold is over.
 *
 * Where G > P and G/P = p/q in lowest terms, the waits are the multiples of P/q from 0 to G - P/q, each as often, from a start at a message: mean wait
 * (G - P/q)/2. Where the first request comes later by less than P/q, every wait is longer by that.
 */
export function periodicLoop({
  periodUs,
  turnaroundUs,
  holdUs,
  toClientUs,
  firstRequestUs = 0,
  messages = MESSAGES,
}: PeriodicLoop): PullModel {
  const latenciesUs: number[] = []
  const counts = new Map<number, number>()
  let ageAreaUs = 0
  let requestUs = firstRequestUs
  let next = 0
  let requests = 0
  let newestUs = Number.NaN
  let firstAnswerUs = Number.NaN
  let answerUs = 0
  while (latenciesUs.length < messages) {
    const dueUs = next * periodUs
    const isWorthwhile = dueUs <= requestUs + holdUs
    const leavesUs = isWorthwhile ? Math.max(requestUs, dueUs) : requestUs + holdUs
    if (!Number.isNaN(newestUs)) ageAreaUs += ((leavesUs - newestUs) ** 2 - (answerUs - newestUs) ** 2) / 2
    else firstAnswerUs = leavesUs
    let carried = 0
    for (; next * periodUs <= leavesUs; next++, carried++) latenciesUs.push(toClientUs + leavesUs - next * periodUs)
    if (carried > 0) newestUs = (next - 1) * periodUs
    counts.set(carried, (counts.get(carried) ?? 0) + 1)
    requests++
    answerUs = leavesUs
    requestUs = leavesUs + turnaroundUs
  }
  const answers: AnswerShare[] = [...counts].map(([carried, times]) => ({ messages: carried, share: times / requests }))
  return {
    latency: ofValues(latenciesUs),
    requestsPerMessage: 1 / meanMessages(answers),
    emptyShare: emptyShareOf(answers),
    deliveredShare: 1,
    stalenessMeanUs: toClientUs + ageAreaUs / (answerUs - firstAnswerUs),
    answers,
  }
}
