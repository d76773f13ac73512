import { groupBy } from '../../analysis/cells.js'
import { spreadOf } from '../../analysis/spread.js'
import type { FeedbenchError } from '../../model/errors.js'
import type { GateResult, GateRound, GateVerdict, LedgerVerdict, MetricVerdict } from '../../model/gate.js'
import { sameBuild } from '../same-build.js'
import { formatChangeWithin, formatMargin, formatMetric, metricName } from './metric-words.js'
import { propertiesOf } from './properties.js'
import type { CiCase, CiFigure, CiReport } from './view.js'

/** How a gate ended, beyond what its rounds say. */
export interface GateEnding {
  /** What ended it before its verdict: then it has none, whatever its rounds say. */
  failure: FeedbenchError | null
  isLetPass: boolean
}

/** A gate for CI: a suite a label, a case a metric that decides and a kind of the ledger. */
export function ciOfGate(gate: GateResult, { failure, isLetPass }: GateEnding = { failure: null, isLetPass: false }): CiReport {
  const { scenario, verdict, rounds, seed, form, layout, sides, feedbench, environment } = gate
  const letPass = isLetPass ? ' [let pass by --inconclusive=pass]' : ''
  return {
    kind: 'gate',
    name: scenario.name,
    outcome: failure === null ? OUTCOMES[verdict.status] : 'inconclusive',
    isLetPass,
    why: [...problemsOf(failure), verdict.why, sameBuild(sides) ?? []].flat().join('; ') + letPass,
    startedAt: rounds[0]?.startedAt ?? null,
    suites: suitesOf(verdict),
    figures: figuresOf(verdict, rounds),
    properties: [
      ...propertiesOf({
        feedbench: feedbench.version,
        form,
        layout,
        seed,
        scenarioSha256: scenario.sha256,
        rounds: { valid: verdict.rounds, replaced: verdict.replaced },
        baseline: sides.baseline,
        candidate: sides.candidate,
      }),
      ...propertiesOf(environment),
    ],
    whole: null,
  }
}

const OUTCOMES = { pass: 'pass', fail: 'fail', inconclusive: 'inconclusive', invalid: 'inconclusive' } as const

function problemsOf(failure: FeedbenchError | null): string[] {
  return (failure?.problems ?? []).map(({ code, where, message }) => `${where}: ${message} [${code}]`)
}

function suitesOf(verdict: GateVerdict): CiReport['suites'] {
  const labels = [...new Set([...verdict.metrics, ...verdict.ledgers].map(({ label }) => label))]
  const [metrics, ledgers] = [groupBy(verdict.metrics, labelOf), groupBy(verdict.ledgers, labelOf)]
  return labels.map((label) => {
    const ofLabel = metrics.get(label) ?? []
    const gating = ofLabel.filter(({ margin }) => margin !== null)
    return {
      name: label,
      cases: [
        ...gating.map((metric) => metricCase(metric, verdict)),
        ...(ledgers.get(label) ?? []).map((ledger) => ledgerCase(ledger, verdict.status)),
      ],
      shown: ofLabel.filter(({ margin }) => margin === null).map((metric) => `${metricName(metric.metric)}: ${sentence(metric)}`),
    }
  })
}

/** A regression counts where the gate fails, and what is not shown to be worse where it passes: the cases say what the gate says. */
function metricCase(metric: MetricVerdict, { status }: GateVerdict): CiCase {
  const { outcome, margin, settledBy, rounds } = metric
  const next = settledBy === null ? [] : [settledBy]
  const isShown = status === 'pass' || (status !== 'invalid' && (outcome === 'equivalent' || outcome === 'improved'))
  return {
    name: metricName(metric.metric),
    outcome: status === 'fail' && outcome === 'regressed' ? 'fail' : isShown && outcome !== 'regressed' ? 'pass' : 'undecided',
    message: [sentence(metric), ...next].join('; '),
    sides: {
      baseline: formatMetric(metric.metric, metric.baseline),
      candidate: formatMetric(metric.metric, metric.candidate),
      change: formatChangeWithin(metric.ratio, metric.interval),
      margin: margin === null ? '-' : formatMargin(margin),
      note: [`${outcome}, ${countOf(rounds, 'round')}`, ...next].join('; '),
    },
  }
}

/** `regressed: +12 % [+8.1 %, +16 %], 2.31 ms to 2.59 ms, margin 5 %, 12 rounds` */
function sentence({ metric, outcome, ratio, interval, baseline, candidate, margin, rounds }: MetricVerdict): string {
  return [
    `${outcome}: ${formatChangeWithin(ratio, interval)}`,
    `${formatMetric(metric, baseline)} to ${formatMetric(metric, candidate)}`,
    margin === null ? 'not gated' : `margin ${formatMargin(margin)}`,
    countOf(rounds, 'round'),
  ].join(', ')
}

/** As `compare` has them too: these are counts, and one more is one too many. */
export function ledgerCase({ kind, baseline, candidate, status }: LedgerVerdict, gate: GateVerdict['status']): CiCase {
  const counts = [baseline, candidate].map((count) => formatMetric('messages.missing', count))
  return {
    name: kind === 'duplicates' ? kind : `${kind} messages`,
    outcome: status === 'fail' ? (gate === 'fail' ? 'fail' : 'undecided') : gate === 'invalid' ? 'undecided' : 'pass',
    message: `${counts[0]} to ${counts[1]}`,
    sides: {
      baseline: counts[0] ?? '',
      candidate: counts[1] ?? '',
      change: '-',
      margin: 'none more',
      note: status === 'fail' ? 'more than the baseline' : '',
    },
  }
}

/** The candidate's own figures, each with its least and greatest valid round. */
function figuresOf(verdict: GateVerdict, rounds: readonly GateRound[]): CiFigure[] {
  if (verdict.status === 'invalid') return []
  const valid = rounds.filter(({ validity }) => validity.status !== 'invalid')
  const byMetric = groupBy(
    valid.flatMap(({ values }) => values),
    keyOf,
  )
  return verdict.metrics.flatMap((metric) => {
    const { label, candidate, ratio, interval, outcome } = metric
    if (candidate === null) return []
    const values = (byMetric.get(keyOf(metric)) ?? []).map((value) => value.candidate).filter((value) => value !== null)
    const { min, max } = spreadOf(values)
    const [low, high] = values.length > 1 ? [min, max] : [null, null]
    const note = `${outcome}, ${formatChangeWithin(ratio, interval)} against the baseline`
    return [{ label, load: '', metric: metric.metric, value: candidate, low, high, rounds: values.length, note }]
  })
}

function keyOf({ label, metric }: { label: string; metric: string }): string {
  return JSON.stringify([label, metric])
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function labelOf({ label }: { label: string }): string {
  return label
}
