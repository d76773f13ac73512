import type { Load } from '../../model/plan.js'
import type { Result } from '../../model/result.js'
import { type Cell, cellsOf, loadKey } from '../cells.js'

/** One label at one load point in two runs. */
export interface CellPair {
  label: string
  load: Load
  baseline: Cell
  candidate: Cell
}

/** What two runs have in common, in the baseline's order, and what only one of them has. */
export interface Pairs {
  pairs: CellPair[]
  onlyBaseline: Cell[]
  onlyCandidate: Cell[]
}

export function pairsOf(baseline: Result, candidate: Result): Pairs {
  const [left, right] = [baseline, candidate].map(({ plan, trials }) => cellsOf(plan, trials)) as [Cell[], Cell[]]
  const ofCandidate = new Map(right.map((cell) => [keyOf(cell), cell]))
  const pairs = left.flatMap((cell): CellPair[] => {
    const other = ofCandidate.get(keyOf(cell))
    return other === undefined ? [] : [{ label: cell.label, load: cell.load, baseline: cell, candidate: other }]
  })
  const common = new Set(pairs.map(({ baseline: cell }) => keyOf(cell)))
  const alone = (cells: Cell[]): Cell[] => cells.filter((cell) => !common.has(keyOf(cell)))
  return { pairs, onlyBaseline: alone(left), onlyCandidate: alone(right) }
}

function keyOf({ label, load }: Pick<Cell, 'label' | 'load'>): string {
  return JSON.stringify([label, loadKey(load)])
}
