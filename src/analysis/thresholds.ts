import type { Plan } from '../model/plan.js'
import type { ThresholdOutcome } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { type Cell, cellsOf } from './cells.js'
import { metricOf } from './metric.js'
import { metricInfo } from './metric-table.js'
import { greatest, least, median } from './spread.js'
import { parseThreshold, type Threshold, type ThresholdOperator } from './threshold-syntax.js'

type Check = ThresholdOutcome['checks'][number]
type Status = ThresholdOutcome['status']

const HOLDS: Record<ThresholdOperator, (value: number, limit: number) => boolean> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
}

/**
 * Holds every threshold of the plan against the trials, at every load point of what it selects. Never throws: a text
 * that selects nothing was refused before the run, and if it is met here all the same it is no data, not a pass.
 */
export function evaluateThresholds(plan: Plan, trials: readonly Trial[]): ThresholdOutcome[] {
  const cells = cellsOf(plan, trials)
  return plan.thresholds.map((text) => {
    const threshold = tryParse(text)
    const selected = threshold === undefined ? [] : cells.filter((cell) => selects(threshold, cell))
    const checks = selected.map((cell) => checkOf(threshold as Threshold, cell))
    return { threshold: text, status: worst(checks.map(({ status }) => status)), checks }
  })
}

function selects({ selector }: Threshold, { label, transport }: Cell): boolean {
  return selector === '*' || selector === label || selector === transport
}

function checkOf(threshold: Threshold, cell: Cell): Check {
  const isEvery = metricInfo(threshold.metric)?.rounds === 'every'
  const { value, status } = isEvery ? everyRound(threshold, cell) : medianRound(threshold, cell)
  return { label: cell.label, load: cell.load, value, status }
}

/** The median of a part of the rounds is another figure: one round without a value, and there is none. */
function medianRound(threshold: Threshold, { trials }: Cell): Pick<Check, 'value' | 'status'> {
  const values = trials.filter(isBelievable).map((trial) => metricOf(trial, threshold.metric))
  const value = values.includes(null) ? null : median(values as number[])
  return { value, status: statusOf(threshold, value) }
}

/** The round that decides: one that breaks the limit, else one that is invalid or absent (it cannot show that the limit held). */
function everyRound(threshold: Threshold, { trials, planned }: Cell): Pick<Check, 'value' | 'status'> {
  const rounds = trials.map((trial) => {
    const value = isBelievable(trial) ? metricOf(trial, threshold.metric) : null
    return { value, status: statusOf(threshold, value) }
  })
  const status = worst([...rounds.map((round) => round.status), ...(trials.length < planned ? (['no-data'] as const) : [])])
  const deciding = rounds.filter((round) => round.status === status)
  const values = deciding.map(({ value }) => value).filter((value) => value !== null)
  return { value: furthest(threshold, values), status }
}

/** The value that is the worst in the direction of the limit. */
function furthest({ op, value: limit }: Threshold, values: number[]): number | null {
  if (values.length === 0) return null
  if (op === '<' || op === '<=') return greatest(values)
  if (op === '>' || op === '>=') return least(values)
  return values.reduce((a, b) => (Math.abs(b - limit) > Math.abs(a - limit) ? b : a))
}

function statusOf({ op, value: limit }: Threshold, value: number | null): Status {
  if (value === null) return 'no-data'
  return HOLDS[op](value, limit) ? 'pass' : 'fail'
}

/** A limit that was broken anywhere is broken; one that could not be checked everywhere did not hold. */
function worst(statuses: Status[]): Status {
  if (statuses.includes('fail')) return 'fail'
  return statuses.length === 0 || statuses.includes('no-data') ? 'no-data' : 'pass'
}

function isBelievable(trial: Trial): boolean {
  return trial.verdict.status !== 'invalid'
}

function tryParse(text: string): Threshold | undefined {
  try {
    return parseThreshold(text)
  } catch {
    return undefined
  }
}
