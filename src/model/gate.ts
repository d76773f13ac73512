import type { Receipts } from './counts.js'
import type { VerdictStatus } from './verdict.js'

/** What is compared: between the two sides of a gate, and between two runs. */
export const COMPARED_METRICS = [
  'latencyUs.p50',
  'latencyUs.p90',
  'latencyUs.windowedP99',
  'bytes.perMessage',
  'server.cpuUsPerMessage',
] as const

export type ComparedMetric = (typeof COMPARED_METRICS)[number]

/** Left and right of a comparison. */
export type Side = 'baseline' | 'candidate'

/** What is known of a metric: worse, better, the same within its margin, or nothing of these. */
export type Outcome = 'regressed' | 'improved' | 'equivalent' | 'inconclusive'

/** How the sides took turns: in slices of one measurement, or as whole runs in random order. */
export type Layout = 'slices' | 'sequential'

/** What a gate decides by, with nothing left to decide. Shares are from 0 to 1. */
export interface GateRules {
  /** The change of each metric that matters (0.05: 5 %); `null`: the metric is shown and decides nothing. */
  margins: Record<ComparedMetric, number | null>
  /** In place of the margin of bytes where all rounds of a side have the same bytes: these are compared directly. */
  identicalBytesMargin: number
  /** After how many valid rounds the gate looks, ascending. */
  looks: number[]
  /** The chance of a false alarm that each look may spend. */
  alphas: number[]
  /** One-sided level at which every metric has to be shown not to be worse than its margin. */
  passAlpha: number
  /** Of the rounds planned, how many may be replaced because they were invalid. */
  mostReplacedShare: number
}

/** One figure of a round: a label's metric, and what the two sides had. */
export interface RoundValue {
  label: string
  metric: ComparedMetric
  /** Natural logarithm of candidate / baseline: for a percentile the median over adjacent slice pairs, for a cost of the totals. `null`: not measured. */
  lnRatio: number | null
  /** The sides' own figures, for people to read; not what the decision is made of. */
  baseline: number | null
  candidate: number | null
  /** Slice pairs used, and dropped because of what the machine did. */
  pairs: number
  dropped: number
}

/** What became of the messages of a side and label in a round. */
export interface RoundLedger extends Receipts {
  label: string
  side: Side
  expected: number
  /** Deliveries of messages that the server had not answered for when the round ended: those that are missing may never have been published. Absent: none. */
  unconfirmed?: number | undefined
}

/** One round of a gate, valid or not. All that the decision needs, and nothing that cannot be written as JSON. */
export interface GateRound {
  /** From 1, in the order in which they were measured. */
  round: number
  /** Of the round's order of sides, labels and poll phases. */
  seed: number
  /** Which side had the first slice, by label. */
  first: Record<string, Side>
  startedAt: string
  validity: {
    status: VerdictStatus
    reasons: { code: string; message: string; evidence: Record<string, number | string | null> }[]
  }
  values: RoundValue[]
  ledgers: RoundLedger[]
  /** What may explain a difference and decides nothing: load of others, lag, temperature of the machine, as far as known. */
  covariates: Record<string, number | null>
}

/** What a gate says of one label's metric. Ratios are candidate / baseline; 1: no change. */
export interface MetricVerdict {
  label: string
  metric: ComparedMetric
  /** `null`: shown, not gated. */
  margin: number | null
  /** Valid rounds that had a value. */
  rounds: number
  /** All rounds of a side had the same bytes: compared directly, without statistics. */
  exact: boolean
  outcome: Outcome
  /** Hodges and Lehmann's estimate; `null` without a value. */
  ratio: number | null
  /** From the Walsh averages; an end is `null` where so few rounds do not bound it. */
  interval: { low: number | null; high: number | null; percent: number } | null
  /** One-sided p that the candidate is not worse, before and after Holm's correction over the gating metrics. */
  pWorse: number | null
  pWorseAdjusted: number | null
  /** One-sided p that the candidate is worse than the margin. */
  pBeyondMargin: number | null
  /** Median of the rounds' own figures. */
  baseline: number | null
  candidate: number | null
  /** What would settle it, in words; `null` where it is settled. */
  settledBy: string | null
}

/** More missing, duplicated or reordered messages than the baseline had: a failure of correctness, not of statistics. */
export interface LedgerVerdict {
  label: string
  kind: 'missing' | 'duplicates' | 'reordered'
  baseline: number
  candidate: number
  status: 'pass' | 'fail'
}

/** What was lost, doubled or turned round of a label in several runs together. */
export interface LedgerLosses extends Record<LedgerVerdict['kind'], number> {
  label: string
}

export interface GateVerdict {
  status: 'pass' | 'fail' | 'inconclusive' | 'invalid'
  /** In one sentence. */
  why: string
  /** How many valid rounds it is decided on, and at which look (from 1); `null`: between looks or before the first. */
  rounds: number
  look: number | null
  replaced: number
  metrics: MetricVerdict[]
  ledgers: LedgerVerdict[]
  /** 0, 1 or 3. */
  exitCode: number
}

/** What `gate` writes as `gate.json`: from it alone the verdict follows again, to the byte. */
export interface GateResult {
  schemaVersion: 1
  feedbench: { version: string }
  form: 'ab' | 'stored'
  layout: Layout
  /** As the scenario's plan has it. */
  scenario: { name: string; sha256: string }
  seed: number
  sides: Record<Side, GateSide>
  rules: GateRules
  /** How the rounds are measured, so that a gate that was interrupted goes on in the same way. */
  measurement?: GateMeasurement | undefined
  environment: unknown
  rounds: GateRound[]
  verdict: GateVerdict
}

export interface GateSide {
  /** The command or directory as given. */
  what: string
  /** Hash of what is served, where it can be told: equal on both sides is an A/A. Of a stored baseline, of its content. */
  build: string | null
  /** Revision of the directory's repository. */
  revision: string | null
}

export interface GateMeasurement {
  /** As the scenario was named on the command line, and what was set there instead of its own. */
  scenario: string
  overrides: { transports: string | null; clients: string | null }
  labels: string[]
  /** How long each turn of a side lasts, and all of them together, in microseconds; `null`: whole runs. */
  slices: { sliceUs: number; perSideUs: number } | null
  /** By what pairs of slices are dropped, and rounds are invalid. */
  limits: Record<string, Record<string, number>>
  /** SHA-256 by name of what the scenario's text does not have: its traces, codec and plug-ins, each as far as it is one file. */
  files?: Record<string, string> | undefined
  /** Where the environment of a stored baseline differs from this one; absent or empty: nowhere. */
  differs?: string[] | undefined
  /** Of a stored baseline, in all the runs that the last look holds against the candidate's: which of them stands beside which means nothing. */
  baselineLosses?: LedgerLosses[] | undefined
  /** Labels whose latency decides nothing: of whole runs that of polls is their interval, whatever the server does. */
  shownOnly?: string[] | undefined
}
