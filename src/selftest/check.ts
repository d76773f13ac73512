import type { Clock } from '../measure/clock.js'
import type { FleetDescription } from '../model/placement.js'
import type { SelftestComparison, SelftestName } from '../model/selftest.js'

/** Where a check is made. */
export interface Site {
  description: FleetDescription
  clock: Clock
  /** More cases, and longer windows. */
  thorough: boolean
  /** Ends a check early; it then rejects, and leaves nothing running. */
  signal: AbortSignal
}

/** What a check found. */
export interface Finding {
  comparisons: SelftestComparison[]
  notes?: string[]
  /** Why the check cannot be made here. */
  skipped?: string
  /** Why nothing can be said, though it was made. */
  inconclusive?: string
}

/** A question to feedbench itself. */
export interface Check {
  readonly name: SelftestName
  /** What a failure means for the user's results. */
  readonly meaning: string
  /** How long it is likely to take, in microseconds. */
  expectedUs(thorough: boolean): number
  run(site: Site): Promise<Finding>
}

/** The findings of the cases of one check as one. What is inconclusive in one of them makes the whole so, unless another shows a failure. */
export function together(findings: readonly Finding[]): Finding {
  const inconclusive = findings.find(({ inconclusive }) => inconclusive !== undefined)?.inconclusive
  return {
    comparisons: findings.flatMap(({ comparisons }) => comparisons),
    notes: findings.flatMap(({ notes }) => notes ?? []),
    ...(inconclusive === undefined ? {} : { inconclusive }),
  }
}
