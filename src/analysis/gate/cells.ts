import { COMPARED_METRICS, type ComparedMetric, type GateRound, type GateRules } from '../../model/gate.js'
import { groupBy } from '../cells.js'
import { median } from '../spread.js'

/** One label's metric over the valid rounds of a gate. */
export interface GateCell {
  label: string
  metric: ComparedMetric
  /** The change that matters, as a share; `null`: shown, not gated. */
  margin: number | null
  /** ln(candidate / baseline), a value for each round that had one. */
  lnRatios: number[]
  /** Candidate / baseline where all rounds of a side had the same bytes. */
  exactRatio: number | null
  /** Medians of the sides' own figures. */
  baseline: number | null
  candidate: number | null
}

/** Labels in the order in which the rounds have them, metrics in that of the table. `shownOnly`: labels whose latency decides nothing, whatever its margin. */
export function gateCells(rounds: readonly GateRound[], rules: GateRules, shownOnly: readonly string[] = []): GateCell[] {
  const byLabel = groupBy(
    rounds.flatMap(({ values }) => values),
    ({ label }) => label,
  )
  return [...byLabel].flatMap(([label, ofLabel]) => {
    const byMetric = groupBy(ofLabel, ({ metric }) => metric)
    // A metric that is gated and was never measured is not passed over: it has a cell without values.
    const metrics = COMPARED_METRICS.filter((metric) => rules.margins[metric] !== null || byMetric.has(metric))
    const isShown = (metric: ComparedMetric) => shownOnly.includes(label) && metric.startsWith('latencyUs.')
    return metrics.map((metric): GateCell => {
      const values = byMetric.get(metric) ?? []
      const [baseline, candidate] = [values.map((one) => one.baseline), values.map((one) => one.candidate)]
      const margin = isShown(metric) ? null : rules.margins[metric]
      const exactRatio = metric === 'bytes.perMessage' ? ratioOfIdentical(baseline, candidate) : null
      return {
        label,
        metric,
        margin: margin === null || exactRatio === null ? margin : rules.identicalBytesMargin,
        lnRatios: measured(values.map(({ lnRatio }) => lnRatio)),
        exactRatio,
        baseline: median(measured(baseline)),
        candidate: median(measured(candidate)),
      }
    })
  })
}

function measured(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null)
}

/**
 * The ratio of two sides whose values are all the same, each with itself; `null` where they are not: then they are as uncertain as a
 * latency.
 * @internal for its test
 */
export function ratioOfIdentical(baseline: readonly (number | null)[], candidate: readonly (number | null)[]): number | null {
  const [left, right] = [onlyValue(baseline), onlyValue(candidate)]
  return left === null || right === null || left <= 0 ? null : right / left
}

function onlyValue(values: readonly (number | null)[]): number | null {
  const [first] = values
  return first === undefined || values.some((value) => value !== first) ? null : first
}
