import type { LedgerVerdict, Outcome } from './gate.js'
import type { Load } from './plan.js'

/** `compare`: one label's metric at one load point in two runs. The unit of statistics is the trial. */
export interface ComparedFigure {
  label: string
  /** Of the load point. */
  load: Load
  /** A path as in `SUMMARY_METRICS` or `COMPARED_METRICS`. */
  metric: string
  margin: number
  baseline: ComparedTrials
  candidate: ComparedTrials
  /** All trials of a side had the same bytes: compared directly, without statistics. */
  exact: boolean
  ratio: number | null
  interval: { low: number | null; high: number | null; percent: number } | null
  /** Two-sided, before and after Holm's correction over all figures. */
  p: number | null
  pAdjusted: number | null
  outcome: Outcome
  settledBy: string | null
}

/** The trials of one side that a figure is of. */
export interface ComparedTrials {
  /** Valid or degraded, with a value. */
  trials: number
  /** Of these. */
  degraded: number
  /** That take no part. */
  invalid: number
  median: number | null
}

/** Where two runs differ in what they measured or where: `refused` cannot be compared, `warning` can with care. */
export interface RunDifference {
  what: string
  baseline: string
  candidate: string
  weight: 'refused' | 'warning'
}

export interface Comparison {
  schemaVersion: 1
  baseline: RunIdentity
  candidate: RunIdentity
  differences: RunDifference[]
  figures: ComparedFigure[]
  ledgers: LedgerVerdict[]
  exitCode: number
}

export interface RunIdentity {
  /** The run folder or file as it was named on the command line. */
  path: string
  scenario: string
  version: string
  revision: string | null
  startedAt: string | null
  trials: number
}
