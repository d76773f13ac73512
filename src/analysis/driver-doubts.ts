import { decodeHistogram, distribution } from '../measure/histogram.js'
import type { Distribution, DriverCost } from '../model/trial.js'
import type { Severity } from '../model/verdict.js'
import { SUPPORT, severityOf, type TrialEvidence } from './evidence.js'

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

/** How much may have been added to a percentile, in microseconds; `null`: nobody can tell. */
export type Added = (witness: Witness, percentile: Percentile) => number | null

/**
 * The worst of the doubts that a rule raises, over the percentiles for which there were enough messages. Each driver is looked at by itself
 * too: the sum of several would hide a bad one.
 */
export function worstDoubt(
  { trial, drivers }: TrialEvidence,
  added: Added,
  floorUs: number,
  limits: { degraded: number; invalid: number },
): Doubt | undefined {
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
  const doubts = (drivers.length > 1 ? [whole, ...each] : [whole]).flatMap((witness) =>
    supported.flatMap(({ percentile }): Doubt[] => {
      const reportedUs = witness.reported[percentile]
      const addedUs = added(witness, percentile)
      if (reportedUs === null || addedUs === null || addedUs <= floorUs) return []
      const share = addedUs / Math.max(1, reportedUs)
      // After a stall transit is short and latency long: what is much of the one may be nothing of the other, and then only transit is in doubt.
      const ofLatency = addedUs / Math.max(1, trial.latencyUs[percentile] ?? 0)
      const bySize = severityOf(share, limits)
      const severity = bySize === 'invalid' && ofLatency <= limits.degraded ? 'degraded' : bySize
      return severity === null ? [] : [{ who: witness.who, basis, percentile, reportedUs, addedUs, share, severity }]
    }),
  )
  return doubts.find(({ severity }) => severity === 'invalid') ?? doubts[0]
}

function ofItself({ transitLessLagUs, heartbeatLatenessUs }: DriverCost): Omit<Witness, 'who' | 'reported'> {
  return { transitLessLagUs, heartbeatLatenessUs }
}

function decoded(histogram: string): Distribution {
  return distribution(decodeHistogram(histogram))
}
