import { worstExitCode } from '../model/errors.js'
import type { Plan } from '../model/plan.js'
import {
  type Spread,
  SUMMARY_METRICS,
  type Summary,
  type SummaryMetric,
  type SummaryRow,
  type ThresholdOutcome,
} from '../model/result.js'
import type { Trial } from '../model/trial.js'
import type { VerdictStatus } from '../model/verdict.js'
import { type Cell, cellsOf } from './cells.js'
import { metricOf } from './metric.js'
import { spreadOf } from './spread.js'
import { evaluateThresholds } from './thresholds.js'
import { findWinners } from './winners.js'

/**
 * What a run says: a row for each label and load point, winners, thresholds and the exit code (of 0, 1 and 3; what
 * interrupted or broke the run is the caller's to add by `worstExitCode`). A pure function of plan and trials.
 */
export function summarize(plan: Plan, trials: readonly Trial[], { endedEarly }: { endedEarly: string | null }): Summary {
  const rows = cellsOf(plan, trials).map(rowOf)
  const thresholds = evaluateThresholds(plan, trials)
  return {
    rows,
    winners: findWinners(rows, plan.loadPoints, trials),
    thresholds,
    trials: { planned: plan.trials.length, finished: trials.length },
    endedEarly,
    exitCode: exitCodeOf(plan, trials, thresholds),
  }
}

function rowOf({ label, transport, load, trials }: Cell): SummaryRow {
  const count = (status: VerdictStatus): number => trials.filter(({ verdict }) => verdict.status === status).length
  const believable = trials.filter(({ verdict }) => verdict.status !== 'invalid')
  const source = believable.length > 0 ? believable : trials
  const metrics = SUMMARY_METRICS.map((metric) => [metric, spreadOf(source.map((trial) => metricOf(trial, metric)))] as const)
  return {
    label,
    transport,
    load,
    rounds: { valid: count('valid'), degraded: count('degraded'), invalid: count('invalid') },
    verdict: worstVerdict(trials),
    reasons: [...new Set(trials.flatMap(({ verdict }) => verdict.reasons.map(({ code }) => code)))],
    metrics: Object.fromEntries(metrics) as Record<SummaryMetric, Spread>,
  }
}

/** Of no trial at all: invalid, because nothing may be concluded from it. */
function worstVerdict(trials: readonly Trial[]): VerdictStatus {
  const statuses = trials.map(({ verdict }) => verdict.status)
  if (statuses.length === 0 || statuses.includes('invalid')) return 'invalid'
  return statuses.includes('degraded') ? 'degraded' : 'valid'
}

/** No data is never a pass: a trial that is invalid or absent makes the run inconclusive, whatever the others show. */
function exitCodeOf(plan: Plan, trials: readonly Trial[], thresholds: readonly ThresholdOutcome[]): number {
  const isIncomplete = trials.length === 0 || trials.length < plan.trials.length
  const isInvalid = trials.some(({ verdict }) => verdict.status === 'invalid')
  const isUnchecked = thresholds.some(({ status }) => status === 'no-data')
  const isBroken = thresholds.some(({ status }) => status === 'fail')
  return worstExitCode([isIncomplete || isInvalid || isUnchecked ? 3 : 0, isBroken ? 1 : 0])
}
