import { decodeHistogram, distribution } from '../measure/histogram.js'
import type { Distribution, DriverCost } from '../model/trial.js'
import type { Severity } from '../model/verdict.js'
import { LIMITS, SUPPORT, severityOf, type TrialEvidence } from './evidence.js'

type Percentile = (typeof SUPPORT)[number]['percentile']

/** What a driver, or all of them together, reports of the transit and of itself. */
export interface Witness {
  who: string
  reported: Distribution
  transitLessLagUs: Distribution
  heartbeatLatenessUs: Distribution
}

/** What a driver may have added to a percentile of what it reports. */
export interface Doubt {
  who: string
  /** What is in doubt: latency, where messages do not say when they were published. */
  basis: 'transit' | 'latency'
  percentile: Percentile
  reportedUs: number
  addedUs: number
  /** `addedUs` of `reportedUs`. */
  share: number
  severity: Severity
}

interface Limits {
  degraded: number
  invalid: number
}

/** How much may have been added to a percentile, in microseconds; `null`: nobody can tell. */
export type Added = (witness: Witness, percentile: Percentile) => number | null

/** By reading late: each delivery's transit lies between what was reported and that less its lag, and so do the percentiles. */
export const byLag: Added = ({ reported, transitLessLagUs }, percentile) => {
  const reportedUs = reported[percentile]
  const leastUs = transitLessLagUs[percentile]
  return reportedUs === null || leastUs === null ? null : reportedUs - leastUs
}

/**
 * By not running: beats are due at any time, like messages, and what keeps a process from one keeps it from the other. So a percentile of the beats' lateness is what
 * the same percentile of the transit may have in it, though the loop knows nothing of it.
 */
export const byLateness: Added = ({ heartbeatLatenessUs }, percentile) => {
  const enough = SUPPORT.find((support) => support.percentile === percentile)?.messages ?? Number.POSITIVE_INFINITY
  return heartbeatLatenessUs.count < enough ? null : heartbeatLatenessUs[percentile]
}

/**
 * The doubts that a rule raises, over the percentiles for which there were enough messages. Each driver is looked at by itself
 * too: the sum of several would hide a bad one.
 */
export function doubtsOf(
  { trial, drivers }: Pick<TrialEvidence, 'trial' | 'drivers'>,
  added: Added,
  limits: Limits,
  floorUs: Limits = LIMITS.addedFloorUs,
): Doubt[] {
  const basis = trial.transitUs.count > 0 ? 'transit' : 'latency'
  const whole: Witness = { who: 'the driver', reported: trial[`${basis}Us`], ...ofItself(trial.driver) }
  const each = drivers.map(
    (shard): Witness => ({
      who: `driver ${shard.driver}`,
      reported: decoded((basis === 'transit' ? shard.transitUs : null) ?? shard.latencyUs),
      transitLessLagUs: decoded(shard.transitLessLagUs),
      heartbeatLatenessUs: decoded(shard.heartbeat.latenessUs),
    }),
  )
  const supported = SUPPORT.filter(({ messages }) => trial.messages.published >= messages)
  return (drivers.length > 1 ? [whole, ...each] : [whole]).flatMap((witness) =>
    supported.flatMap(({ percentile }): Doubt[] => {
      const reportedUs = witness.reported[percentile]
      const addedUs = added(witness, percentile)
      if (reportedUs === null || addedUs === null || addedUs <= floorUs.degraded) return []
      const share = addedUs / Math.max(1, reportedUs)
      // After a stall transit is short and latency long: what is much of the one may be nothing of the other, and then only transit is in doubt.
      const ofLatency = addedUs / Math.max(1, trial.latencyUs[percentile] ?? 0)
      const bySize = severityOf(share, limits)
      // What is wrong with p99 alone leaves what most clients met as it is: the figure is marked, and the trial kept.
      const isTolerable = percentile === 'p99' || addedUs <= floorUs.invalid || ofLatency <= limits.degraded
      const severity = bySize === 'invalid' && isTolerable ? 'degraded' : bySize
      return severity === null ? [] : [{ who: witness.who, basis, percentile, reportedUs, addedUs, share, severity }]
    }),
  )
}

/** As a reason gives one. */
export function worstOf(doubts: readonly Doubt[]): Doubt | undefined {
  return doubts.find(({ severity }) => severity === 'invalid') ?? doubts[0]
}

function ofItself({ transitLessLagUs, heartbeatLatenessUs }: DriverCost): Omit<Witness, 'who' | 'reported'> {
  return { transitLessLagUs, heartbeatLatenessUs }
}

function decoded(histogram: string): Distribution {
  return distribution(decodeHistogram(histogram))
}
