import { groupBy, loadKey } from '../../analysis/cells.js'
import type { ComparedFigure, Comparison } from '../../model/comparison.js'
import type { Load } from '../../model/plan.js'
import { shortLoad } from '../load.js'
import { formatChangeWithin, formatMargin, formatMetric, metricName } from './metric-words.js'
import { ledgerCase } from './of-gate.js'
import { propertiesOf } from './properties.js'
import type { CiCase, CiReport } from './view.js'

/** Two runs, compared, for CI: a suite a label, a case a metric at a load point. */
export function ciOfComparison(comparison: Comparison): CiReport {
  const { baseline, candidate, differences, figures, ledgers, exitCode } = comparison
  // The command does not fail for what got worse, but a list of cases that says so is no pass.
  const isWorse = figures.some((figure) => figure.outcome === 'regressed') || ledgers.some(({ status }) => status === 'fail')
  const outcome = exitCode !== 0 ? 'inconclusive' : isWorse ? 'fail' : 'pass'
  const isRefused = differences.some(({ weight }) => weight === 'refused')
  const isOneLoad = new Set(figures.map(({ load }) => loadKey(load as Load))).size < 2
  const [byLabel, ledgersOf] = [groupBy(figures, ({ label }) => label), groupBy(ledgers, ({ label }) => label)]
  const labels = [...new Set([...byLabel.keys(), ...ledgersOf.keys()])]
  const suites = labels.map((label) => ({
    name: label,
    cases: [
      ...(byLabel.get(label) ?? []).map((figure) => caseOf(figure, { isOneLoad, isRefused })),
      ...(ledgersOf.get(label) ?? []).map((ledger) => ledgerCase(ledger, outcome)),
    ],
    shown: [],
  }))
  const cases = differences.map(
    ({ what, baseline: left, candidate: right, weight }): CiCase => ({
      name: what,
      outcome: weight === 'refused' ? 'error' : 'undecided',
      message: `${left} is ${right}: ${weight === 'refused' ? 'cannot be compared' : 'compare with care'}`,
      sides: null,
    }),
  )
  return {
    kind: 'comparison',
    name: candidate.scenario,
    outcome,
    isLetPass: false,
    why: whyOf(comparison),
    startedAt: candidate.startedAt,
    suites: cases.length === 0 ? suites : [...suites, { name: 'differences', cases, shown: [] }],
    // Each run has its own, by `report`.
    figures: [],
    properties: propertiesOf({ baseline, candidate }),
    whole: null,
  }
}

function caseOf(figure: ComparedFigure, { isOneLoad, isRefused }: { isOneLoad: boolean; isRefused: boolean }): CiCase {
  const { metric, load, outcome, margin, settledBy, baseline, candidate, p } = figure
  const trials = `${baseline.trials} and ${candidate.trials} trials`
  const next = settledBy === null ? [] : [settledBy]
  const sides = {
    baseline: formatMetric(metric, baseline.median),
    candidate: formatMetric(metric, candidate.median),
    change: formatChangeWithin(figure.ratio, figure.interval),
    margin: formatMargin(margin),
    note: [`${outcome}, ${trials}`, ...next].join('; '),
  }
  const words = [
    `${outcome}: ${sides.change}`,
    `${sides.baseline} to ${sides.candidate}`,
    `margin ${sides.margin}`,
    trials,
    ...(p === null ? [] : [`p ${Number(p.toPrecision(2))}`]),
  ].join(', ')
  return {
    name: `${metricName(metric)}${isOneLoad ? '' : ` at ${shortLoad(load as Load)}`}`,
    outcome: isRefused || outcome === 'inconclusive' ? 'undecided' : outcome === 'regressed' ? 'fail' : 'pass',
    message: [words, ...next].join('; '),
    sides,
  }
}

function whyOf({ figures, ledgers, differences }: Comparison): string {
  const refused = differences.filter(({ weight }) => weight === 'refused').map(({ what }) => what)
  if (refused.length > 0) return `The runs cannot be compared: they differ in ${refused.join(', ')}`
  const counts = (['regressed', 'improved', 'equivalent', 'inconclusive'] as const).map(
    (outcome) => [outcome, figures.filter((figure) => figure.outcome === outcome).length] as const,
  )
  const excess = ledgers.filter(({ status }) => status === 'fail').length
  const words = counts.filter(([, count]) => count > 0).map(([outcome, count]) => `${count} ${outcome}`)
  const of = figures.length === 1 ? 'figure' : 'figures'
  const lost = excess === 0 ? '' : `; more lost, doubled or reordered messages in ${excess} ${excess === 1 ? 'place' : 'places'}`
  return `${words.length === 0 ? 'Nothing in common' : `Of ${figures.length} ${of}: ${words.join(', ')}`}${lost}`
}
