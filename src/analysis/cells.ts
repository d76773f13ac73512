import type { Load, Plan } from '../model/plan.js'
import type { Trial } from '../model/trial.js'

/** One label at one load point, with the rounds of it that finished: the unit of everything that is compared. */
export interface Cell {
  label: string
  transport: string
  load: Load
  /** In the order of their rounds; none where the run ended before. */
  trials: Trial[]
  /** How many rounds the plan has of it. */
  planned: number
}

/** Every cell of the plan, load point after load point, labels in the scenario's order. */
export function cellsOf(plan: Plan, trials: readonly Trial[]): Cell[] {
  const cells = new Map<string, Cell>()
  for (const load of plan.loadPoints) {
    for (const { label, transport } of plan.transports)
      cells.set(cellKey(label, load), { label, transport, load, trials: [], planned: 0 })
  }
  for (const { label, transport, load } of plan.trials) cellOf(cells, label, transport, load).planned += 1
  for (const trial of trials) cellOf(cells, trial.label, trial.transport, trial.load).trials.push(trial)
  for (const cell of cells.values()) cell.trials.sort((a, b) => a.round - b.round)
  return [...cells.values()].filter(({ planned, trials: finished }) => planned > 0 || finished.length > 0)
}

/** Equal for loads with the same values, whatever the order of their axes. */
export function loadKey(load: Load): string {
  return JSON.stringify(Object.entries(load).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What belongs to each load point, by its key: a run may have thousands, and is looked through once. */
export function groupByLoad<Item extends { load: Load }>(items: readonly Item[]): Map<string, Item[]> {
  return groupBy(items, ({ load }) => loadKey(load))
}

/** The items of each key, in their order. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

function cellOf(cells: Map<string, Cell>, label: string, transport: string, load: Load): Cell {
  const key = cellKey(label, load)
  const cell = cells.get(key) ?? { label, transport, load, trials: [], planned: 0 }
  cells.set(key, cell)
  return cell
}

function cellKey(label: string, load: Load): string {
  return JSON.stringify([label, loadKey(load)])
}
