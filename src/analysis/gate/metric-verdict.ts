import type { GateRules, MetricVerdict, Outcome } from '../../model/gate.js'
import type { CellFigures } from './figures.js'
import { settledBy } from './settle.js'

/** The figures of a cell as they are shown: ratios in place of logarithms. */
export function metricVerdict(figures: CellFigures, gated: number, rules: GateRules): MetricVerdict {
  const { cell, shift, pWorse, pWorseAdjusted, pBeyondMargin } = figures
  const outcome = outcomeOf(figures)
  const isOpen = outcome === 'inconclusive' && cell.margin !== null && !figures.isNotWorse
  return {
    label: cell.label,
    metric: cell.metric,
    margin: cell.margin,
    rounds: cell.lnRatios.length,
    exact: cell.exactRatio !== null,
    outcome,
    ratio: shift === null ? null : Math.exp(shift.estimate),
    interval: shift === null ? null : { low: ratioOf(shift.low), high: ratioOf(shift.high), percent: 95 },
    pWorse,
    pWorseAdjusted,
    pBeyondMargin,
    baseline: cell.baseline,
    candidate: cell.candidate,
    settledBy: isOpen ? settledBy(figures, gated, rules) : null,
  }
}

function outcomeOf({ isWorse, isBetter, isEquivalent }: CellFigures): Outcome {
  if (isWorse) return 'regressed'
  if (isBetter) return 'improved'
  return isEquivalent ? 'equivalent' : 'inconclusive'
}

function ratioOf(lnRatio: number | null): number | null {
  return lnRatio === null ? null : Math.exp(lnRatio)
}
