import { loadKey } from '../analysis/cells.js'
import type { Load } from '../model/plan.js'
import type { Result } from '../model/result.js'
import { COLUMNS, type Column, fullName, spreadOf } from './columns.js'
import { comparisonsOf, type RowView } from './comparison.js'

/** A figure of a label at a load point in every run, as texts that are not escaped. */
export interface SideBySideRow {
  load: Load
  label: string
  transport: string
  name: string
  cells: SideBySideCell[]
}

export interface SideBySideCell {
  /** `-` where the run has no such row. */
  value: string
  spread: string
  /** No figure of it may be used. */
  isInvalid: boolean
}

/** Of two thousand figures nobody reads one. */
const MOST_ROWS = 600
const SHOWN: readonly Column[] = COLUMNS.filter(
  ({ metric }) => !['latencyUs.max', 'transitUs.p50', 'bytes.overheadRatio'].includes(metric),
)

/** What several runs have in common: the labels and load points that two of them or more have. It shows, and judges nothing. */
export function sideBySide(results: readonly Result[]): SideBySideRow[] {
  if (results.length < 2) return []
  const runs = results.map(
    (result) => new Map(comparisonsOf(result).flatMap(({ rows }) => rows.map((view) => [keyOf(view), view] as const))),
  )
  const keys = [...new Set(runs.flatMap((run) => [...run.keys()]))].filter((key) => runs.filter((run) => run.has(key)).length > 1)
  return keys
    .flatMap((key) => {
      const views = runs.map((run) => run.get(key))
      const first = views.find((view) => view !== undefined)
      if (first === undefined) return []
      const { label, transport, load } = first.row
      const row = (name: string, cells: SideBySideCell[]): SideBySideRow => ({ load, label, transport, name, cells })
      const figures = SHOWN.map((column) =>
        row(
          fullName(column),
          views.map((view) => cellOf(column, view)),
        ),
      )
      return views.every(isPlain) ? figures : [row('verdict', views.map(verdictOf)), ...figures]
    })
    .slice(0, MOST_ROWS)
}

function cellOf(column: Column, view: RowView | undefined): SideBySideCell {
  if (view === undefined) return { value: '-', spread: '', isInvalid: false }
  return { value: column.value(view), spread: spreadOf(column, view), isInvalid: view.standing === 'unusable' }
}

function isPlain(view: RowView | undefined): boolean {
  return view === undefined || view.standing === 'valid'
}

/** How far a run's figures may be believed; `-` where it has none. */
function verdictOf(view: RowView | undefined): SideBySideCell {
  const words = {
    valid: 'valid',
    degraded: 'degraded',
    unusable: 'invalid',
    absent: 'not run',
    'partly-invalid': `${view?.row.rounds.invalid} of ${view?.roundCount} invalid`,
  }
  return { value: view === undefined ? '-' : words[view.standing], spread: '', isInvalid: false }
}

function keyOf({ row }: RowView): string {
  return JSON.stringify([row.label, loadKey(row.load)])
}
