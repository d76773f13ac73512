import type { DriverShard, ServerShard } from '../model/shard.js'
import type { Trial } from '../model/trial.js'
import type { Reason, ReasonCode, Severity } from '../model/verdict.js'

/** What a verdict is given on: the merged trial, and what its processes said. */
export interface TrialEvidence {
  trial: Omit<Trial, 'verdict' | 'predicted'>
  server: ServerShard
  drivers: readonly DriverShard[]
}

/** docs/verdicts.md says what each stands for. Those of lag, lateness and freezing are held against packet times (docs/verdict-classifier.md); the others are starting values. */
export const LIMITS = {
  /**
   * What the driver may have added to a percentile of the transit, as a share of it. Held against packet times this is what it did add, give or take: all of it where something kept the driver from
   * running, half of it where the driver was busy with its own clients (docs/verdict-classifier.md).
   */
  lag: { degraded: 0.1, invalid: 0.3 },
  /** How late a driver's beats are at a percentile, as a share of that percentile of the transit: the same scale. */
  late: { degraded: 0.1, invalid: 0.3 },
  /**
   * No more than this is never held against a trial, whatever its share: timers, the scheduler and the collector add as much to anybody. Fitted: with 1.2 ms 3 of 100 drivers that nobody disturbed were flagged, with 1.8 none; all 100 were within
   * 10 % or 2 ms of the packets at p50 and p90, and 98 within 1.2 ms; of 100 starved drivers either floor flags all (docs/verdict-classifier.md). Somewhat beyond it is marked and not thrown away.
   */
  addedFloorUs: { degraded: 2_000, invalid: 2_400 },
  /** Share of the windows in which a driver did not run. */
  frozen: { degraded: 0.02, invalid: 0.05 },
  /** A single pause of a virtual machine is up to this long, and stops server and driver alike: it only degrades. */
  frozenFloorUs: 150e3,
  driverUtilization: { degraded: 0.85, invalid: 0.97 },
  relayUtilization: { degraded: 0.85, invalid: 0.97 },
  /** What a relay may add at the median beyond the delay asked for; at p90 and p99 `tail` times that, and at so many `times` a trial is doubted. */
  relayLate: { us: 500, ofDelay: 0.02, tail: 10, times: { degraded: 1, invalid: 4 } },
  serverUtilization: 0.95,
  /** Publishing is late beyond this, or beyond so much of the mean interval. */
  publishDelay: { us: 2e3, ofInterval: 0.1 },
  negatives: { invalid: 0.001 },
  cpuOthers: 0.25,
  steal: 0.02,
  wallClockDriftUs: 5e3,
} as const

/**
 * Percentiles that are looked at, and how many messages the window must have had for each to mean anything: deliveries of one message are nearly
 * one observation, and a percentile needs 6, 36 and 368 of these (order statistics at 95 %).
 * With fewer, a single hiccup of the machine would be the p99, and the verdict a verdict on that.
 */
export const SUPPORT = [
  { percentile: 'p50', messages: 6 },
  { percentile: 'p90', messages: 36 },
  { percentile: 'p99', messages: 368 },
] as const

/** A question to the evidence: the reasons that follow from it. */
export type Rule = (evidence: TrialEvidence) => Reason[]

export function reason(code: ReasonCode, severity: Severity, message: string, evidence: Reason['evidence']): Reason {
  return { code, severity, message, evidence }
}

export function severityOf(share: number, limits: { degraded: number; invalid: number }): Severity | null {
  return share > limits.invalid ? 'invalid' : share > limits.degraded ? 'degraded' : null
}

export function lastErrorOf(drivers: readonly DriverShard[]): string | null {
  return drivers.find(({ connections }) => connections.lastError !== null)?.connections.lastError ?? null
}

export function ms(us: number): string {
  return `${Number((us / 1e3).toPrecision(3))} ms`
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}

export function round(share: number): number {
  return Math.round(share * 1e3) / 1e3
}
