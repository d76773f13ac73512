import type { ComparedFigure } from '../model/comparison.js'
import type { MetricVerdict, Outcome } from '../model/gate.js'
import { formatChange, formatMargin, formatMetric, metricName } from './ci/metric-words.js'

/** One figure of two sides as texts, of a gate or of a comparison. The label is not escaped. */
export interface ChangeRow {
  label: string
  /** `latency p50`. */
  figure: string
  baseline: string
  candidate: string
  /** `+12 %`. */
  change: string
  /** `[+7.1 %, +18 %]`; `exact` where all values of a side are the same; empty where too few rounds bound it. */
  interval: string
  /** `5 %`; `-` where the figure is shown and not gated. */
  margin: string
  outcome: Outcome
  /** The outcome, or what there is of one: `not worse`, `shown`. */
  word: string
  /** What would settle it; empty where it is settled. */
  note: string
}

/** Those of a gate's verdict. */
export function metricVerdictRows(metrics: readonly MetricVerdict[]): ChangeRow[] {
  return metrics.map((verdict): ChangeRow => {
    const { label, metric, baseline, candidate, margin, outcome, settledBy } = verdict
    const isOpen = outcome === 'inconclusive'
    // What is shown not to be worse passes, whether or not it is better.
    const word = !isOpen || settledBy !== null ? outcome : margin === null ? 'shown' : 'not worse'
    return {
      label,
      ...sides(metric, baseline, candidate),
      ...change(verdict),
      margin: margin === null ? '-' : formatMargin(margin),
      outcome,
      word,
      note: settledBy ?? '',
    }
  })
}

/** Those of a comparison of two runs. */
export function comparedRows(figures: readonly ComparedFigure[]): ChangeRow[] {
  return figures.map((figure): ChangeRow => {
    const { label, metric, baseline, candidate, margin, outcome, settledBy } = figure
    return {
      label,
      ...sides(metric, baseline.median, candidate.median),
      ...change(figure),
      margin: formatMargin(margin),
      outcome,
      word: outcome,
      note: settledBy ?? '',
    }
  })
}

function sides(
  metric: string,
  baseline: number | null,
  candidate: number | null,
): Pick<ChangeRow, 'figure' | 'baseline' | 'candidate'> {
  return { figure: metricName(metric), baseline: formatMetric(metric, baseline), candidate: formatMetric(metric, candidate) }
}

function change({
  ratio,
  interval,
  exact,
}: Pick<MetricVerdict, 'ratio' | 'interval' | 'exact'>): Pick<ChangeRow, 'change' | 'interval'> {
  if (exact) return { change: formatChange(ratio), interval: 'exact' }
  const isBounded = interval !== null && interval.low !== null && interval.high !== null
  return {
    change: formatChange(ratio),
    interval: isBounded ? `[${formatChange(interval.low)}, ${formatChange(interval.high)}]` : '',
  }
}
