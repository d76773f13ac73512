import type { GateRules } from '../../model/gate.js'
import { normalQuantileAbove } from '../statistics/normal.js'
import { pairedT } from '../statistics/paired-t.js'
import type { CellFigures } from './figures.js'

/** How often the rounds that are named are meant to be enough. */
const POWER = 0.8
/** By how many more values signed ranks need than a t-test, of normal ones (pi / 3). */
const RANKS_COST = Math.PI / 3
/** Nobody measures more; the estimate then lies too near to its margin. */
const MOST_ROUNDS = 200

/**
 * How many more valid rounds would probably show that the cell is worse, or not worse than its margin, whichever its estimate speaks
 * for: n of a one-sided test with the scatter seen so far. `null` where no number of rounds would.
 */
export function roundsToSettle({ cell, shift }: CellFigures, cells: number, rules: GateRules): number | null {
  const { lnRatios, margin } = cell
  if (shift === null || margin === null || lnRatios.length < 2) return null
  const deviation = pairedT(lnRatios).standardError * Math.sqrt(lnRatios.length)
  const limit = Math.log1p(margin)
  const speaksForWorse = shift.estimate >= limit
  const distance = speaksForWorse ? shift.estimate : limit - shift.estimate
  const level = speaksForWorse ? (rules.alphas.at(-1) ?? rules.passAlpha) / cells : rules.passAlpha
  const sigmas = normalQuantileAbove(level) + normalQuantileAbove(1 - POWER)
  const byScatter = Math.ceil(RANKS_COST * ((sigmas * deviation) / distance) ** 2)
  // However small the scatter, all signs alike must be rare enough.
  const needed = Math.max(byScatter, Math.ceil(-Math.log2(level)))
  return needed > MOST_ROUNDS ? null : Math.max(1, needed - lnRatios.length)
}

/** What would settle it, in words. */
export function settledBy(figures: CellFigures, cells: number, rules: GateRules): string {
  const had = figures.cell.lnRatios.length
  if (had === 0) return 'a measurement: no round had a value'
  const more = roundsToSettle(figures, cells, rules)
  if (more !== null) return aboutRounds(more)
  return had < 2 ? 'more rounds' : 'no number of rounds that is worth while: the estimate lies at its margin'
}

export function aboutRounds(more: number): string {
  return `about ${more} more ${more === 1 ? 'round' : 'rounds'}`
}
