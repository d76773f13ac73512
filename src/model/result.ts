import type { Load, Plan } from './plan.js'
import type { Trial } from './trial.js'
import type { VerdictStatus } from './verdict.js'

/** Of `result.json` and of `plan.json` with its journal, which change together. Results of version 1 are migrated: results/migrate.ts. */
export const RESULT_SCHEMA_VERSION = 2

export interface Result {
  schemaVersion: typeof RESULT_SCHEMA_VERSION
  feedbench: { version: string }
  environment: Environment
  plan: Plan
  trials: Trial[]
  summary: Summary
}

/** Where a run took place. `null` where the system does not tell. */
export interface Environment {
  os: { platform: string; release: string; arch: string }
  cpu: { model: string; cores: number; mhz: number | null }
  memoryBytes: number
  node: { version: string; v8: string; libuv: string }
  packages: Record<string, string>
  git: { revision: string; dirty: boolean } | null
  limits: {
    descriptorsPerProcess: number | null
    listenBacklog: number | null
    portRange: [first: number, last: number] | null
  }
  congestionControl: string | null
  virtualization: string | null
  placement: { mode: 'pinned' | 'shared'; reason: string | null }
  clock: string
}

/** A value over the valid rounds: their median, and their least and greatest. */
export interface Spread {
  median: number | null
  min: number | null
  max: number | null
}

/** The metrics of the comparison table, in its order. */
export const SUMMARY_METRICS = [
  'latencyUs.p50',
  'latencyUs.p99',
  'latencyUs.max',
  'transitUs.p50',
  'messages.missing',
  'bytes.perMessage',
  'bytes.overheadRatio',
  'requests.perMessage',
  'requests.messagesPerResponse',
  'server.cpuUsPerMessage',
  'server.rssBytesPerConnection',
] as const

export type SummaryMetric = (typeof SUMMARY_METRICS)[number]

/** One label at one load point, over its rounds. */
export interface SummaryRow {
  label: string
  transport: string
  load: Load
  rounds: { valid: number; degraded: number; invalid: number }
  /** Worst of the rounds. */
  verdict: VerdictStatus
  /** Codes of all reasons that the rounds had, without repetition. */
  reasons: string[]
  /** Over the rounds that are not invalid; over all of them (and so marked) where each is invalid. */
  metrics: Record<SummaryMetric, Spread>
}

/** The best label of a column at a load point, or why none is named. */
export interface Winner {
  metric: SummaryMetric
  load: Load
  label: string | null
  /** Why no winner is named; `null` where one is. */
  why: string | null
}

export interface ThresholdOutcome {
  /** As the scenario has it. */
  threshold: string
  status: 'pass' | 'fail' | 'no-data'
  /** One for each label and load point that it selects. */
  checks: { label: string; load: Load; value: number | null; status: 'pass' | 'fail' | 'no-data' }[]
}

export interface Summary {
  rows: SummaryRow[]
  winners: Winner[]
  thresholds: ThresholdOutcome[]
  /** Trials planned and finished; they differ where the run was interrupted or failed. */
  trials: { planned: number; finished: number }
  /** Why the run ended early; `null` where it did not. */
  endedEarly: string | null
  exitCode: number
}
