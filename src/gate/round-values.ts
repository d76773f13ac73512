import { COMPARED_METRICS, type ComparedMetric, type RoundLedger, type RoundValue, type Side } from '../model/gate.js'
import { SIDES } from '../model/pair.js'
import type { LabelFigures, SideTotals, SliceFigures } from './evidence.js'

/** What a label contributes to its round. `kept`: which pairs count. */
export function valuesOf(figures: LabelFigures, kept: readonly boolean[]): RoundValue[] {
  return COMPARED_METRICS.map((metric) => {
    const percentile = PERCENTILES[metric]
    return percentile === undefined ? ofTotals(figures, metric) : ofPairs(figures, metric, percentile, kept)
  })
}

const PERCENTILES: Partial<Record<ComparedMetric, (slice: SliceFigures) => number | null>> = {
  'latencyUs.p50': ({ p50 }) => p50,
  'latencyUs.p90': ({ p90 }) => p90,
  'latencyUs.windowedP99': ({ p99 }) => p99,
}

/** The median over pairs of neighbours: what drifts with the machine weighs on both slices of a pair alike. */
function ofPairs(
  { label, pairs }: LabelFigures,
  metric: ComparedMetric,
  percentile: (slice: SliceFigures) => number | null,
  kept: readonly boolean[],
): RoundValue {
  const used = pairs.filter((_, index) => kept[index])
  const both = used.flatMap(({ slices }) => {
    const [baseline, candidate] = [percentile(slices.baseline), percentile(slices.candidate)]
    return baseline === null || candidate === null ? [] : [{ baseline, candidate }]
  })
  const ratios = both.flatMap(({ baseline, candidate }) =>
    baseline > 0 && candidate > 0 ? [Math.log(candidate / baseline)] : [],
  )
  return {
    label,
    metric,
    lnRatio: median(ratios),
    baseline: median(both.map(({ baseline }) => baseline)),
    candidate: median(both.map(({ candidate }) => candidate)),
    pairs: ratios.length,
    dropped: pairs.length - ratios.length,
  }
}

/** Of the totals, over all slices: no machine that is busy changes what is sent, and what it adds to the processor time is noise that a pair would not take out. */
function ofTotals({ label, pairs, totals }: LabelFigures, metric: ComparedMetric): RoundValue {
  const perMessage = (side: Side) => {
    const { bytes, cpuUs, deliveries }: SideTotals = totals[side]
    const total = metric === 'bytes.perMessage' ? bytes : cpuUs
    return total === null || deliveries === 0 ? null : total / deliveries
  }
  const [baseline, candidate] = [perMessage('baseline'), perMessage('candidate')]
  const isKnown = baseline !== null && candidate !== null && baseline > 0 && candidate > 0
  const lnRatio = isKnown ? Math.log(candidate / baseline) : null
  return { label, metric, lnRatio, baseline, candidate, pairs: pairs.length, dropped: 0 }
}

export function ledgersOf({ label, ledgers, clients }: LabelFigures): RoundLedger[] {
  return SIDES.map((side) => {
    const { expected, delivered, missing, superseded, duplicates, reordered, unconfirmed } = ledgers[side]
    const counts = { label, side, expected, delivered, missing, superseded, duplicates, reordered }
    return unconfirmed === 0 ? counts : { ...counts, unconfirmed: unconfirmed * clients }
  })
}

/** `null` of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1] as number, sorted[sorted.length >> 1] as number]
  return (low + high) / 2
}
