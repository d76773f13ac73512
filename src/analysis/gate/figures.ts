import type { GateRules } from '../../model/gate.js'
import { equivalence } from '../statistics/equivalence.js'
import { type Shift, shiftOfOne } from '../statistics/hodges-lehmann.js'
import { holm } from '../statistics/holm.js'
import { pairedT } from '../statistics/paired-t.js'
import { leastSignedRankP, signedRanks } from '../statistics/signed-rank.js'
import type { GateCell } from './cells.js'

const CONFIDENCE = 0.95

/** Where signed ranks cannot tell yet: Student's t, and a change of at least so many margins in all rounds alike. */
export const EARLY_MARGINS = 2

/** What one look sees. */
export interface Look {
  /** From 1. */
  number: number
  rounds: number
  /** The chance of a false alarm that it may spend. */
  alpha: number
  /** Too few rounds for signed ranks to get below alpha. */
  isEarly: boolean
}

export function lookAfter(rounds: number, cells: number, { looks, alphas }: GateRules): Look | null {
  const index = looks.indexOf(rounds)
  const alpha = alphas[index]
  return alpha === undefined ? null : { number: index + 1, rounds, alpha, isEarly: isTooEarly(rounds, cells, alpha) }
}

/** Whether signed ranks with Holm's correction cannot reach alpha, whatever is measured. */
export function isTooEarly(rounds: number, cells: number, alpha: number): boolean {
  return leastSignedRankP(rounds) * cells > alpha
}

/** What the rounds say of a cell. Margins and shifts as logarithms of ratios. */
export interface CellFigures {
  cell: GateCell
  shift: Shift | null
  pWorse: number | null
  pWorseAdjusted: number | null
  pBetterAdjusted: number | null
  pBeyondMargin: number | null
  isWorse: boolean
  isBetter: boolean
  isNotWorse: boolean
  isEquivalent: boolean
}

/** The figures of all cells at a look, or between looks (`null`), where nothing may be called worse or better. */
export function figuresAt(cells: readonly GateCell[], look: Look | null, rules: GateRules): CellFigures[] {
  const tests = cells.map((cell) => oneSided(cell, look))
  const isGated = (index: number): boolean => cells[index]?.margin !== null
  // A cell that is compared directly, or has no value, counts among the questions all the same.
  const adjusted = (side: 'worse' | 'better'): (number | null)[] => {
    const places = cells.map((_, index) => index).filter(isGated)
    const corrected = holm(places.map((index) => tests[index]?.[side] ?? 1))
    const byPlace = new Map(places.map((place, index) => [place, corrected[index] ?? 1]))
    return tests.map((test, index) => (test === null ? null : (byPlace.get(index) ?? null)))
  }
  const [worse, better] = [adjusted('worse'), adjusted('better')]
  return cells.map((cell, index) => {
    const found = {
      pWorse: tests[index]?.worse ?? null,
      pWorseAdjusted: worse[index] ?? null,
      pBetterAdjusted: better[index] ?? null,
    }
    return cell.exactRatio === null ? byStatistics(cell, found, look, rules) : directly(cell, cell.exactRatio, look)
  })
}

type Found = Pick<CellFigures, 'pWorse' | 'pWorseAdjusted' | 'pBetterAdjusted'>

function oneSided({ lnRatios, exactRatio }: GateCell, look: Look | null): { worse: number; better: number } | null {
  if (exactRatio !== null || lnRatios.length === 0) return null
  // With a round missing, that all of them agree cannot be said.
  if (look?.isEarly && lnRatios.length < look.rounds) return null
  const { pGreater, pLess } = look?.isEarly ? pairedT(lnRatios) : signedRanks(lnRatios)
  return { worse: pGreater, better: pLess }
}

function byStatistics(cell: GateCell, found: Found, look: Look | null, rules: GateRules): CellFigures {
  const { margin, lnRatios } = cell
  const shift = shiftOfOne(lnRatios, CONFIDENCE)
  const nothing = { isWorse: false, isBetter: false, isNotWorse: false, isEquivalent: false }
  if (shift === null || margin === null) return { cell, shift, ...found, pBeyondMargin: null, ...nothing }
  const needed = Math.log1p(margin * (look?.isEarly ? EARLY_MARGINS : 1))
  const isSure = (p: number | null): boolean => look !== null && p !== null && p <= look.alpha
  const agree = (sign: number): boolean => !look?.isEarly || lnRatios.every((value) => value * sign > 0)
  const { pBeyondUpper, pBeyondLower } = equivalence(lnRatios, Math.log1p(margin))
  const isEnough = lnRatios.length >= (rules.looks[0] ?? 0)
  return {
    cell,
    shift,
    ...found,
    pBeyondMargin: pBeyondUpper,
    isWorse: isSure(found.pWorseAdjusted) && shift.estimate >= needed && agree(1),
    isBetter: isSure(found.pBetterAdjusted) && shift.estimate <= -needed && agree(-1),
    isNotWorse: isEnough && pBeyondUpper <= rules.passAlpha,
    isEquivalent: isEnough && Math.max(pBeyondUpper, pBeyondLower) <= rules.passAlpha,
  }
}

/** Bytes that are the same in each round need no statistics, but between looks nothing is called worse or better. */
export function directly(cell: GateCell, ratio: number, look: Look | null): CellFigures {
  const margin = cell.margin ?? Number.POSITIVE_INFINITY
  const [isAbove, isBelow] = [ratio - 1 >= margin, 1 - ratio >= margin]
  const estimate = Math.log(ratio)
  return {
    cell,
    shift: { estimate, low: estimate, high: estimate, coverage: 1 },
    pWorse: null,
    pWorseAdjusted: null,
    pBetterAdjusted: null,
    pBeyondMargin: null,
    isWorse: look !== null && isAbove,
    isBetter: look !== null && isBelow,
    isNotWorse: !isAbove,
    isEquivalent: cell.margin !== null && !isAbove && !isBelow,
  }
}
