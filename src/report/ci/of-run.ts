import { groupBy, loadKey } from '../../analysis/cells.js'
import type { Load } from '../../model/plan.js'
import type { Result, Summary, SummaryRow, ThresholdOutcome } from '../../model/result.js'
import { COLUMNS } from '../columns.js'
import { shortLoad } from '../load.js'
import { renderMarkdown } from '../markdown.js'
import { thresholdFormat } from '../notes.js'
import { propertiesOf } from './properties.js'
import type { CiCase, CiFigure, CiReport, CiSuite } from './view.js'

/** A run for CI: a suite a label, a case a threshold that selects it, and one for whether its figures may be used. */
export function ciOfRun(result: Result): CiReport {
  const { plan, summary, trials, feedbench, environment } = result
  const isOneLoad = new Set(summary.rows.map(({ load }) => loadKey(load))).size < 2
  const at = (load: Load): string => (isOneLoad ? '' : shortLoad(load))
  return {
    kind: 'run',
    name: plan.scenario.name,
    outcome: summary.exitCode === 0 ? 'pass' : summary.exitCode === 1 ? 'fail' : 'inconclusive',
    isLetPass: false,
    why: whyOf(summary),
    startedAt: trials.map(({ startedAt }) => startedAt).sort()[0] ?? null,
    suites: suitesOf(summary, at),
    figures: summary.rows.flatMap((row) => figuresOf(row, at(row.load))),
    properties: [
      ...propertiesOf({
        feedbench: feedbench.version,
        seed: plan.seed,
        rounds: plan.rounds,
        scenarioSha256: plan.scenario.sha256,
      }),
      ...propertiesOf(environment),
    ],
    whole: () => renderMarkdown([result]),
  }
}

function suitesOf({ rows, thresholds }: Summary, at: (load: Load) => string): CiSuite[] {
  const byLabel = groupBy(rows, ({ label }) => label)
  const suites = [...byLabel].map(([label, ofLabel]) => ({
    name: label,
    cases: [
      ...ofLabel.map((row) => measured(row, at(row.load))),
      ...thresholds.flatMap((outcome) => checksOf(outcome, label, at)),
    ],
    shown: [],
  }))
  const empty = thresholds.filter(({ checks }) => checks.length === 0)
  if (empty.length === 0) return suites
  const cases = empty.map(
    ({ threshold }): CiCase => ({ name: threshold, outcome: 'undecided', message: 'selects nothing', sides: null }),
  )
  return [...suites, { name: 'thresholds', cases, shown: [] }]
}

function measured({ verdict, reasons, rounds }: SummaryRow, load: string): CiCase {
  const count = rounds.valid + rounds.degraded + rounds.invalid
  const because = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`
  return {
    name: named('is measured', load),
    outcome: verdict === 'invalid' ? 'error' : 'pass',
    message:
      count === 0
        ? 'was not measured'
        : verdict === 'invalid'
          ? `invalid in ${rounds.invalid} of ${count} ${count === 1 ? 'round' : 'rounds'}${because}`
          : `${verdict}${because}`,
    sides: null,
  }
}

const OUTCOMES = { pass: 'pass', fail: 'fail', 'no-data': 'undecided' } as const

function checksOf({ threshold, checks }: ThresholdOutcome, label: string, at: (load: Load) => string): CiCase[] {
  const format = thresholdFormat(threshold)
  return checks
    .filter((check) => check.label === label)
    .map(({ load, value, status }) => ({
      name: named(threshold, at(load)),
      outcome: OUTCOMES[status],
      message: value === null ? 'lacks a valid measurement' : format(value),
      sides: null,
    }))
}

/** Of a row whose every round is invalid there is none. */
function figuresOf({ label, rounds, reasons, metrics, verdict }: SummaryRow, load: string): CiFigure[] {
  const count = rounds.valid + rounds.degraded
  if (count === 0) return []
  return COLUMNS.flatMap(({ metric }) => {
    const { median: value, min, max } = metrics[metric]
    if (value === null) return []
    const [low, high] = count > 1 ? [min, max] : [null, null]
    const note = [verdict, ...reasons].join(' ')
    return [{ label, load, metric, value, low, high, rounds: count, note }]
  })
}

function whyOf({ thresholds, trials, rows, endedEarly }: Summary): string {
  const early =
    endedEarly === null && trials.finished === trials.planned ? [] : [`${trials.finished} of ${trials.planned} trials finished`]
  const invalid = rows.filter(({ verdict }) => verdict === 'invalid').length
  const words = [
    ...early,
    ...(invalid === 0 ? [] : [`${invalid} of ${rows.length} rows have an invalid or absent round`]),
    ...countOf(thresholds, 'fail', 'failed'),
    ...countOf(thresholds, 'no-data', 'undecided'),
    ...countOf(thresholds, 'pass', 'passed'),
  ]
  return words.length === 0 ? 'All trials are valid; the scenario has no thresholds' : words.join('; ')
}

function countOf(thresholds: readonly ThresholdOutcome[], status: ThresholdOutcome['status'], word: string): string[] {
  const count = thresholds.filter((outcome) => outcome.status === status).length
  return count === 0 ? [] : [`${count} ${count === 1 ? 'threshold' : 'thresholds'} ${word}`]
}

function named(name: string, load: string): string {
  return load === '' ? name : `${name} at ${load}`
}
