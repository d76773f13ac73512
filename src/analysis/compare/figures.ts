import type { ComparedFigure, ComparedTrials } from '../../model/comparison.js'
import { COMPARED_METRICS, type ComparedMetric, type Outcome } from '../../model/gate.js'
import type { Trial } from '../../model/trial.js'
import { ratioOfIdentical } from '../gate/cells.js'
import { DEFAULT_GATE_RULES } from '../gate/rules.js'
import { metricOf } from '../metric.js'
import { median } from '../spread.js'
import { type Shift, shiftBetween } from '../statistics/hodges-lehmann.js'
import { holm } from '../statistics/holm.js'
import { rankSum } from '../statistics/mann-whitney.js'
import type { CellPair } from './pairs.js'
import { settledBy } from './settle.js'

/** The chance of calling anything at all worse or better where nothing is. */
const COMPARE_ALPHA = 0.01
const CONFIDENCE = 0.95

/** A change of the server's CPU that matters: a gate shows it only, since it is the noisiest. */
const CPU_MARGIN = 0.1

/** One label's metric at one load point, with the trials of both sides that have it. */
interface Material {
  pair: CellPair
  metric: ComparedMetric
  margin: number
  left: Values
  right: Values
  exactRatio: number | null
}

interface Values {
  values: number[]
  trials: ComparedTrials
}

/** Every metric of every pair; the unit is the trial, and no sample is pooled. */
export function compareFigures(pairs: readonly CellPair[]): ComparedFigure[] {
  const materials = pairs.flatMap((pair) => COMPARED_METRICS.map((metric) => materialOf(pair, metric)))
  // A metric that neither side has at all is no question.
  const asked = materials.filter(({ left, right }) => left.values.length > 0 || right.values.length > 0)
  const ps = asked.map((material) => pOf(material))
  const adjusted = holm(ps.map((p) => p ?? 1))
  return asked.map((material, index) => figureOf(material, ps[index] ?? null, adjusted[index] ?? 1, asked.length))
}

function materialOf(pair: CellPair, metric: ComparedMetric): Material {
  const [left, right] = [valuesOf(pair.baseline.trials, metric), valuesOf(pair.candidate.trials, metric)]
  const isBytes = metric === 'bytes.perMessage'
  const exactRatio = isBytes ? exactly(left.values, right.values) : null
  const margin =
    exactRatio !== null ? DEFAULT_GATE_RULES.identicalBytesMargin : (DEFAULT_GATE_RULES.margins[metric] ?? CPU_MARGIN)
  return { pair, metric, margin, left, right, exactRatio }
}

/** One trial a side tells whether both are the same, but not that it would be the same again. */
function exactly(left: readonly number[], right: readonly number[]): number | null {
  const ratio = ratioOfIdentical(left, right)
  return ratio === 1 || Math.min(left.length, right.length) > 1 ? ratio : null
}

function valuesOf(trials: readonly Trial[], metric: ComparedMetric): Values {
  const believed = trials.filter(({ verdict }) => verdict.status !== 'invalid')
  const having = believed
    .map((trial) => ({ trial, value: figureOfTrial(trial, metric) }))
    .filter(({ value }) => value !== null && value > 0)
  const values = having.map(({ value }) => value ?? 0)
  const degraded = having.filter(({ trial }) => trial.verdict.status === 'degraded').length
  const invalid = trials.length - believed.length
  return { values, trials: { trials: values.length, degraded, invalid, median: median(values) } }
}

/** A windowed p99 is the median of the blocks' (a second each): a p99 of the whole is one bad moment. */
function figureOfTrial(trial: Trial, metric: ComparedMetric): number | null {
  if (metric !== 'latencyUs.windowedP99') return metricOf(trial, metric)
  return median(trial.series.map(({ latencyUs }) => latencyUs.p99).filter((p99) => p99 !== null))
}

function pOf({ left, right, exactRatio }: Material): number | null {
  if (exactRatio !== null || left.values.length === 0 || right.values.length === 0) return null
  return rankSum(left.values, right.values).pTwoSided
}

function figureOf(
  { pair, metric, margin, left, right, exactRatio }: Material,
  p: number | null,
  pAdjusted: number,
  figures: number,
): ComparedFigure {
  const logs = [left.values, right.values].map((values) => values.map(Math.log)) as [number[], number[]]
  const shift = exactRatio === null ? shiftBetween(...logs, CONFIDENCE) : exactShift(exactRatio)
  const outcome = shift === null ? 'inconclusive' : outcomeOf(shift, margin, exactRatio, p === null ? 1 : pAdjusted)
  const question = { logs, shift, margin, figures, alpha: COMPARE_ALPHA }
  return {
    label: pair.label,
    load: pair.load,
    metric,
    margin,
    baseline: left.trials,
    candidate: right.trials,
    exact: exactRatio !== null,
    ratio: exactRatio ?? (shift === null ? null : Math.exp(shift.estimate)),
    interval:
      shift === null
        ? null
        : {
            low: shift.low === null ? null : Math.exp(shift.low),
            high: shift.high === null ? null : Math.exp(shift.high),
            percent: 95,
          },
    p,
    pAdjusted: p === null ? null : pAdjusted,
    outcome,
    settledBy: outcome === 'inconclusive' ? settledBy(question) : null,
  }
}

function outcomeOf({ estimate, low, high }: Shift, margin: number, exactRatio: number | null, pAdjusted: number): Outcome {
  const limit = Math.log1p(margin)
  const isSure = exactRatio !== null || pAdjusted <= COMPARE_ALPHA
  if (isSure && Math.abs(estimate) >= limit) return estimate > 0 ? 'regressed' : 'improved'
  if (exactRatio !== null) return 'equivalent'
  return low !== null && high !== null && low > -limit && high < limit ? 'equivalent' : 'inconclusive'
}

function exactShift(ratio: number): Shift {
  const estimate = Math.log(ratio)
  return { estimate, low: estimate, high: estimate, coverage: 1 }
}
