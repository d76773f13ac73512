import { expect, it } from 'vitest'
import type { Trial } from '../model/trial.js'
import type { ReasonCode, Severity } from '../model/verdict.js'
import { buildEvidence } from '../testing/shards.js'
import { judge } from './verdict.js'

/** One message of a hundred did not get to the server, and is missing at all of the 200 clients. */
const posts =
  (parts: { failed: number } | { unconfirmed: number }, eventLoopUtilization = 0.1) =>
  (trial: Trial) => ({
    messages: { ...trial.messages, published: 99, delivered: 19_800, missing: 200 },
    latencyUs: { ...trial.latencyUs, count: 19_800 },
    publisher: publisherOf({ accepted: 99, failed: 0, unconfirmed: 0, ...parts }, trial, eventLoopUtilization),
  })
const busyPublisher = (utilization: number) => (trial: Trial) => ({
  publisher: publisherOf({ accepted: 100, failed: 0, unconfirmed: 0 }, trial, utilization),
})
const publisherOf = (
  counts: { accepted: number; failed: number; unconfirmed: number },
  { latencyUs }: Trial,
  eventLoopUtilization: number,
): Trial['publisher'] => ({
  place: 'process',
  outlet: 'POST',
  posts: { ...counts, roundTripUs: latencyUs, lastError: 'status 500', cpuUs: 1_000, eventLoopUtilization },
})

const observed = ({ messages }: Trial) => ({ messages: { ...messages, basis: 'observed' as const } })
const SENT = { server: { published: 99 } }

it.each<[what: string, code: ReasonCode, severity: Severity, ...evidence: Parameters<typeof buildEvidence>]>([
  ['the server refused a message', 'POSTS_FAILED', 'finding', posts({ failed: 1 }), SENT],
  ['the server did not answer for a message', 'POSTS_FAILED', 'finding', posts({ unconfirmed: 1 }), SENT],
  ['the publisher was busy', 'PUBLISHER_BUSY', 'degraded', busyPublisher(0.86)],
  ['the publisher had no time left', 'PUBLISHER_BUSY', 'invalid', busyPublisher(0.98)],
  ['the server published by itself', 'OBSERVED_FEED', 'finding', observed],
])('a verdict says so where %s, and nothing else', (_, code, severity, ...evidence) => {
  const { reasons } = judge(buildEvidence(...evidence))
  expect(reasons.map((reason) => [reason.code, reason.severity])).toEqual([[code, severity]])
})

it('the ledger adds up where a message is unconfirmed, whether it was published or not', () => {
  const arrived = (trial: Trial) => ({
    ...posts({ unconfirmed: 1 })(trial),
    messages: { ...trial.messages, published: 99 },
    latencyUs: trial.latencyUs,
  })
  expect(judge(buildEvidence(arrived, SENT)).status).toBe('valid')
})

it('a message that arrived though the server refused it breaks the ledger', () => {
  const lying = (trial: Trial) => ({
    ...posts({ failed: 1 })(trial),
    messages: { ...trial.messages, published: 99 },
    latencyUs: trial.latencyUs,
  })
  expect(judge(buildEvidence(lying, SENT)).reasons[0]?.code).toBe('LEDGER_MISMATCH')
})
