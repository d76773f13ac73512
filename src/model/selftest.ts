/** In the order in which they are shown. */
export const SELFTEST_CHECKS = [
  'clock',
  'ledger',
  'merge',
  'drivers',
  'polling',
  'long-polling',
  'transition',
  'delay',
  'stall',
  'bytes',
  'capture',
  'packet-times',
  'receive-time',
  'starved-driver',
  'healthy-driver',
] as const

export type SelftestName = (typeof SELFTEST_CHECKS)[number]

/**
 * `fail`: feedbench is wrong on this machine; `inconclusive`: the machine was disturbed for too long to tell; `skipped`: something that the check needs is not
 * here.
 */
export type SelftestStatus = 'pass' | 'fail' | 'inconclusive' | 'skipped'

/** What the figures of a comparison are: base units, scaled only when printed. */
export type SelftestUnit = 'us' | 'bytes' | 'count' | 'ratio'

/** One figure against what it must be. */
export interface SelftestComparison {
  /** Of what, in words: `mean, poisson 20/s every 250 ms`. */
  what: string
  unit: SelftestUnit
  /** `null`: there was nothing to measure, which is never within. */
  measured: number | null
  /** `null` where there is a limit only. */
  expected: number | null
  /** Inclusive bounds of what is accepted; `null`: none on that side. */
  least: number | null
  most: number | null
  isWithin: boolean
}

export interface SelftestCheck {
  name: SelftestName
  status: SelftestStatus
  comparisons: SelftestComparison[]
  /** What was measured a second time, and why. */
  notes: string[]
  /** Why it was skipped, or is inconclusive; `null` otherwise. */
  reason: string | null
  /** What a failure means for the user's results; `null` unless it failed. */
  meaning: string | null
  /** In microseconds; checks that run beside each other each have their own. */
  tookUs: number
}

export interface SelftestReport {
  feedbench: { version: string }
  thorough: boolean
  /** Whether all checks that could be made passed, and at least one could. */
  passed: boolean
  tookUs: number
  checks: SelftestCheck[]
}
