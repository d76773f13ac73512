import { median } from '../spread.js'
import { chanceOfRankSumUpTo } from './mann-whitney.js'
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
  const averages = values.flatMap((one, index) => values.slice(index).map((other) => (one + other) / 2))
  return shiftFrom(averages, confidence, (sum) => chanceOfSignedRankUpTo(sum, values.length))
}

/** From one sample to another of the same shape: the median of all differences. */
export function shiftBetween(baseline: readonly number[], candidate: readonly number[], confidence: number): Shift | null {
  const differences = candidate.flatMap((right) => baseline.map((left) => right - left))
  return shiftFrom(differences, confidence, (sum) => chanceOfRankSumUpTo(sum, baseline.length, candidate.length))
}

function shiftFrom(parts: number[], confidence: number, chanceUpTo: (sum: number) => number): Shift | null {
  const estimate = median(parts)
  if (estimate === null) return null
  parts.sort((a, b) => a - b)
  const cut = greatestCut(parts.length >> 1, (1 - confidence) / 2, chanceUpTo)
  const [low, high] = [parts[cut - 1] ?? null, parts[parts.length - cut] ?? null]
  return { estimate, low, high, coverage: 1 - 2 * chanceUpTo(cut - 1) }
}
