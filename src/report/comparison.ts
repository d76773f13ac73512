import { groupBy, groupByLoad, loadKey } from '../analysis/cells.js'
import { median } from '../analysis/spread.js'
import type { Load } from '../model/plan.js'
import type { Result, SummaryMetric, SummaryRow } from '../model/result.js'
import type { Trial } from '../model/trial.js'

/** How far the figures of a row may be believed. `unusable`: every round was invalid; `absent`: none took place. */
export type RowStanding = 'valid' | 'degraded' | 'partly-invalid' | 'unusable' | 'absent'

/** A row of the comparison with what its renderers need beside the summary. */
export interface RowView {
  row: SummaryRow
  /** All rounds of it that finished. */
  trials: Trial[]
  roundCount: number
  standing: RowStanding
  /** Missing of expected messages, 0 to 1, median over the rounds that count. */
  missingShare: number | null
}

/** Why columns have no winner; `metrics` is `null` where no column has one. */
export interface NoWinner {
  why: string
  metrics: SummaryMetric[] | null
}

export interface LoadPointView {
  load: Load
  rows: RowView[]
  /** Label of the winner by column. */
  winners: Map<SummaryMetric, string>
  noWinner: NoWinner[]
}

/** A result cut into one comparison for each load point. */
export function comparisonsOf({ plan, summary, trials }: Result): LoadPointView[] {
  const loads = new Map<string, Load>(
    [...plan.loadPoints, ...summary.rows.map(({ load }) => load)].map((load) => [loadKey(load), load]),
  )
  const [rowsOf, trialsOf, winnersOf] = [groupByLoad(summary.rows), groupByLoad(trials), groupByLoad(summary.winners)]
  return [...loads].map(([key, load]) => {
    const rows = rowsOf.get(key) ?? []
    const here = groupBy(trialsOf.get(key) ?? [], ({ label }) => label)
    const winners = winnersOf.get(key) ?? []
    const reasons = new Map<string, SummaryMetric[]>()
    for (const { metric, why } of winners) if (why !== null) reasons.set(why, [...(reasons.get(why) ?? []), metric])
    return {
      load,
      rows: rows.map((row) => rowView(row, here.get(row.label) ?? [])),
      winners: new Map(winners.flatMap(({ metric, label }) => (label === null ? [] : [[metric, label] as const]))),
      noWinner: [...reasons].map(([why, metrics]) => ({ why, metrics: metrics.length === winners.length ? null : metrics })),
    }
  })
}

function rowView(row: SummaryRow, trials: Trial[]): RowView {
  const roundCount = row.rounds.valid + row.rounds.degraded + row.rounds.invalid
  const believable = trials.filter(({ verdict }) => verdict.status !== 'invalid')
  const source = believable.length > 0 ? believable : trials
  const shares = source
    .filter(({ messages }) => messages.expected > 0)
    .map(({ messages }) => messages.missing / messages.expected)
  return { row, trials, roundCount, standing: standingOf(row, roundCount), missingShare: median(shares) }
}

function standingOf({ rounds, verdict }: SummaryRow, roundCount: number): RowStanding {
  if (roundCount === 0) return 'absent'
  if (rounds.invalid === roundCount) return 'unusable'
  if (rounds.invalid > 0) return 'partly-invalid'
  return verdict === 'degraded' ? 'degraded' : 'valid'
}

/** What to make of a row, after its label: `is invalid: do not use its figures`. */
export function standingSentence({ standing, row, roundCount }: RowView): string {
  if (standing === 'absent') return 'was not measured'
  if (standing === 'unusable') return 'is invalid: do not use its figures'
  if (standing === 'partly-invalid') {
    return `is invalid in ${row.rounds.invalid} of ${roundCount} rounds: its figures are of the other ${roundCount - row.rounds.invalid}`
  }
  if (standing === 'degraded') return 'is degraded: something disturbed the measurement'
  return 'is valid, with a finding about the server'
}
