/** What a CI system is told, whatever it comes from: a run, a gate or a comparison. Texts are not escaped: each renderer does that in its way. */
export interface CiReport {
  kind: 'run' | 'gate' | 'comparison'
  /** Of the scenario. */
  name: string
  /** As the exit code has it: 0, 1 and 3. */
  outcome: 'pass' | 'fail' | 'inconclusive'
  /** Whether what is inconclusive does not count as a failure, because whoever ran it said so. */
  isLetPass: boolean
  /** In one sentence. */
  why: string
  /** ISO 8601; `null` where no trial began. */
  startedAt: string | null
  suites: CiSuite[]
  figures: CiFigure[]
  /** Environment, seed, versions. */
  properties: CiProperty[]
  /** As Markdown at full length; `null` where the parts above are all there is. */
  whole: (() => string) | null
}

export interface CiProperty {
  name: string
  value: string
}

/** What is said of a label. */
export interface CiSuite {
  name: string
  cases: CiCase[]
  /** Figures that decide nothing, a line each. */
  shown: string[]
}

/**
 * Something that holds or does not. `undecided`: there is too little to tell; `error`: what was measured must not be used.
 * No data is never a pass.
 */
export interface CiCase {
  /** `latency p50`, or a threshold. */
  name: string
  outcome: 'pass' | 'fail' | 'undecided' | 'error'
  /** One line. */
  message: string
  /** Of a comparison, scaled; `null` where there is only one side. */
  sides: CiSides | null
}

export interface CiSides {
  baseline: string
  candidate: string
  change: string
  margin: string
  /** What the other members do not say. */
  note: string
}

/** A figure to follow over the history of a project: less is better, base units, median over the rounds that count. */
export interface CiFigure {
  label: string
  /** Tells the load points of a run apart; empty where there is one. */
  load: string
  /** Path of the metric, such as `latencyUs.p50`. */
  metric: string
  value: number
  /** The least and the greatest round; `null` where there was one. */
  low: number | null
  high: number | null
  rounds: number
  /** Verdict or ratio, in words. */
  note: string
}

/** `feedbench gate quick` */
export function titleOf({ kind, name }: Pick<CiReport, 'kind' | 'name'>): string {
  return `feedbench ${kind === 'comparison' ? 'compare' : kind} ${name}`
}
