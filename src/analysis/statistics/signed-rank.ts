import { doubledRanks } from './ranks.js'

/**
 * Wilcoxon's signed ranks, exact: whether values that are as likely negative as positive would lie so much to one side. Every
 * assignment of signs is equally likely; zeros take no part, and equal values share their ranks.
 */
export interface SignedRanks {
  /** How many values were not 0. */
  count: number
  /** Sums of the ranks of what is above and of what is below 0. */
  plus: number
  minus: number
  /** The chance of a `plus` this great or greater, of one this small or smaller, and twice the lesser of them. */
  pGreater: number
  pLess: number
  pTwoSided: number
}

export function signedRanks(values: readonly number[]): SignedRanks {
  const used = values.filter((value) => value !== 0)
  const ranks = doubledRanks(used.map(Math.abs))
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  const plus = ranks.reduce((sum, rank, index) => sum + ((used[index] ?? 0) > 0 ? rank : 0), 0)
  const atLeast = chancesOfAtLeast(ranks)
  // The distribution is symmetric: a small sum of one sign is a great one of the other.
  const [pGreater, pLess] = [atLeast[plus] ?? 1, atLeast[total - plus] ?? 1]
  const pTwoSided = Math.min(1, 2 * Math.min(pGreater, pLess))
  return { count: used.length, plus: plus / 2, minus: (total - plus) / 2, pGreater, pLess, pTwoSided }
}

/** The least one-sided p that so many values can have: all of one sign. */
export function leastSignedRankP(count: number): number {
  return 2 ** -count
}

/** The chance that the ranks 1 to `count`, with signs at random, have a sum of positive ones of `sum` at most. */
export function chanceOfSignedRankUpTo(sum: number, count: number): number {
  if (sum < 0) return 0
  const atLeast = UNTIED.get(count) ?? chancesOfAtLeast(Array.from({ length: count }, (_, index) => 2 * (index + 1)))
  return atLeast[Math.max(0, count * (count + 1) - 2 * sum)] ?? 1
}

/** Distributions without ties are asked for again and again, for few counts. */
const UNTIED = new Map<number, Float64Array>()
const MOST_KEPT = 64

/** For each doubled sum the chance of it or more, each rank being taken or left by the toss of a coin. */
function chancesOfAtLeast(ranks: readonly number[]): Float64Array {
  const isUntied = new Set(ranks).size === ranks.length
  const kept = isUntied ? UNTIED.get(ranks.length) : undefined
  if (kept !== undefined) return kept
  const chances = chancesOfSums(ranks)
  for (let sum = chances.length - 2; sum >= 0; sum--) chances[sum] = (chances[sum] ?? 0) + (chances[sum + 1] ?? 0)
  if (isUntied && ranks.length <= MOST_KEPT) UNTIED.set(ranks.length, chances)
  return chances
}

function chancesOfSums(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  const chances = new Float64Array(total + 1)
  chances[0] = 1
  let reached = 0
  for (const rank of ranks) {
    reached += rank
    for (let sum = reached; sum >= 0; sum--)
      chances[sum] = ((chances[sum] ?? 0) + (sum >= rank ? (chances[sum - rank] ?? 0) : 0)) / 2
  }
  return chances
}
