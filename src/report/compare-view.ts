import { groupBy, groupByLoad, loadKey } from '../analysis/cells.js'
import { greatest } from '../analysis/spread.js'
import type { ComparedFigure, Comparison, RunIdentity } from '../model/comparison.js'
import type { LedgerVerdict, Outcome } from '../model/gate.js'
import type { Load } from '../model/plan.js'
import { type ChangeRow, comparedRows } from './change-rows.js'
import { metricName } from './ci/metric-words.js'
import { shortLoad } from './load.js'
import { formatCount } from './quantity.js'

/** What a comparison says, in words that nothing is escaped in yet; the same for every format. */
export interface ComparisonView {
  title: string
  /** A line a side. */
  runs: string[]
  /** `2 of 25 figures regressed, 1 improved, 20 are equivalent, 2 inconclusive`. */
  answer: string
  hasRegressed: boolean
  /** More of what must not be than the baseline has: no matter of statistics. */
  faults: string[]
  /** What to know before believing it: differences, trials that were left out. */
  warnings: string[]
  loads: { load: Load; heading: string; rows: ChangeRow[]; figures: ComparedFigure[] }[]
  notes: string[]
}

export function comparisonView(comparison: Comparison): ComparisonView {
  const { baseline, candidate, figures } = comparison
  const scenarios = [...new Set([baseline.scenario, candidate.scenario])]
  return {
    title: `${scenarios.join(' and ')}: candidate against baseline`,
    runs: [runLine('baseline', baseline), runLine('candidate', candidate)],
    answer: answerOf(figures),
    hasRegressed: figures.some(({ outcome }) => outcome === 'regressed'),
    faults: ledgerFaults(comparison.ledgers),
    warnings: [...trialWarnings(figures), ...differenceWarnings(comparison)],
    loads: [...groupByLoad(figures).values()].flatMap((group) => {
      const [first] = group
      return first === undefined
        ? []
        : [{ load: first.load, heading: shortLoad(first.load), rows: comparedRows(group), figures: group }]
    }),
    notes: NOTES,
  }
}

const NOTES = [
  'Change: candidate / baseline, over the trials that are not invalid (Hodges and Lehmann); beside it its interval of 95 %. Windowed p99: the median of the p99 of each second',
  'Regressed or improved: at least the margin, and p at most 0.01 (Mann and Whitney, exact, two-sided; Holm over all figures). Equivalent: the interval lies inside the margin',
  'The two runs were not measured side by side: what else changed between them counts as a difference too. A gate alternates its sides',
]

function runLine(side: string, { path, scenario, version, revision, startedAt, trials }: RunIdentity): string {
  const at = revision === null ? '' : ` at ${revision.replace(/^([0-9a-f]{7})[0-9a-f]*/, '$1')}`
  const when = startedAt === null ? '' : `, ${startedAt.slice(0, 16).replace('T', ' ')} UTC`
  return `${side}: ${path} (${scenario}, ${formatCount(trials)} trials${when}, feedbench ${version}${at})`
}

function answerOf(figures: readonly ComparedFigure[]): string {
  if (figures.every(({ ratio }) => ratio === null)) return 'Nothing could be compared: no figure has a valid trial on both sides'
  const count = (outcome: Outcome): number => figures.filter((figure) => figure.outcome === outcome).length
  return `Of ${formatCount(figures.length)} figures ${count('regressed')} regressed, ${count('improved')} improved, ${count('equivalent')} are equivalent and ${count('inconclusive')} inconclusive`
}

function ledgerFaults(ledgers: readonly LedgerVerdict[]): string[] {
  const words = { missing: 'missing', duplicates: 'duplicated', reordered: 'reordered' }
  return ledgers
    .filter(({ status }) => status === 'fail')
    .map(({ label, kind, baseline, candidate }) => {
      return `${label} has more ${words[kind]} deliveries than the baseline: ${formatCount(candidate)} for ${formatCount(baseline)}. That is a fault, not a matter of statistics`
    })
}

const SIDES = ['baseline', 'candidate'] as const
/** More labels and load points than these are counted, not named. */
const MOST_NAMED = 10

/** What is said of trials, a sentence a kind: each label's trials are the same for all its figures. */
function trialWarnings(figures: readonly ComparedFigure[]): string[] {
  const isOneLoad = groupByLoad(figures).size < 2
  const cells = [...groupBy(figures, ({ label, load }) => JSON.stringify([label, loadKey(load)])).values()]
  const named = (cell: readonly ComparedFigure[], figure = ''): string =>
    cell
      .slice(0, 1)
      .map(({ label, load }) => `${label}${figure}${isOneLoad ? '' : ` at ${shortLoad(load)}`}`)
      .join('')
  const counted = (kind: 'invalid' | 'degraded'): string[] =>
    cells.flatMap((cell) => {
      const parts = SIDES.flatMap((side) => {
        const count = greatest(cell.map((figure) => figure[side][kind]))
        return count === 0 ? [] : [`${formatCount(count)} of the ${side}`]
      })
      return parts.length === 0 ? [] : [`${named(cell)} (${parts.join(', ')})`]
    })
  const unmeasured = (side: (typeof SIDES)[number]): string[] =>
    cells.flatMap((cell) => {
      const without = cell.filter((figure) => figure[side].trials === 0)
      if (without.length === cell.length) return [named(cell)]
      return without.map(({ metric }) => named(cell, ` ${metricName(metric)}`))
    })
  return [
    ...sentence('Trials that are invalid, and left out', counted('invalid')),
    ...sentence('Trials that are degraded, because something disturbed them', counted('degraded')),
    ...SIDES.flatMap((side) => sentence(`No value in the ${side}`, unmeasured(side))),
  ]
}

function sentence(what: string, named: readonly string[]): string[] {
  if (named.length === 0) return []
  const more = named.length - MOST_NAMED
  return [`${what}: ${named.slice(0, MOST_NAMED).join('; ')}${more > 0 ? `; and ${formatCount(more)} more` : ''}`]
}

function differenceWarnings({ differences }: Comparison): string[] {
  return differences.map(
    ({ what, baseline, candidate }) => `The runs differ in ${what}: ${baseline} in the baseline, ${candidate} in the candidate`,
  )
}
