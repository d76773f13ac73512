import { chanceOfRankSumUpTo } from './mann-whitney.js'
import { differencesOf, meansOf, type Parts } from './parts.js'
import { greatestCut } from './ranks.js'
import { chanceOfSignedRankUpTo } from './signed-rank.js'

/** An estimate with its interval, free of assumptions on the shape of the distribution. */
export interface Shift {
  estimate: number
  /** `null` where so few values do not bound it with that confidence. */
  low: number | null
  high: number | null
  /** The chance, from 0 to 1, that the interval holds the truth: at least what was asked for. */
  coverage: number
}

/** Of one sample, symmetric about its middle: the median of the Walsh averages, which are those of every two values and of each with itself. */
export function shiftOfOne(values: readonly number[], confidence: number): Shift | null {
  return shiftFrom(meansOf(values), confidence, (sum) => chanceOfSignedRankUpTo(sum, values.length))
}

/** From one sample to another of the same shape: the median of all differences. */
export function shiftBetween(baseline: readonly number[], candidate: readonly number[], confidence: number): Shift | null {
  const parts = differencesOf(baseline, candidate)
  return shiftFrom(parts, confidence, (sum) => chanceOfRankSumUpTo(sum, baseline.length, candidate.length))
}

function shiftFrom({ count, at }: Parts, confidence: number, chanceUpTo: (sum: number) => number): Shift | null {
  if (count === 0) return null
  const [below, above] = [Math.floor((count - 1) / 2), Math.floor(count / 2)]
  const estimate = (at(below) + at(above)) / 2
  const cut = greatestCut(above, (1 - confidence) / 2, chanceUpTo)
  const [low, high] = cut === 0 ? [null, null] : [at(cut - 1), at(count - cut)]
  return { estimate, low, high, coverage: 1 - 2 * chanceUpTo(cut - 1) }
}
