import { normalAbove } from './normal.js'
import { doubledRanks } from './ranks.js'

/**
 * Whether two samples that came from the same distribution would lie so far apart (Mann and Whitney): every way to deal the values to the
 * two sides is equally likely, and equal values share their ranks. Exact up to `MOST_EXACT` values, the normal distribution beyond.
 */
export interface RankSum {
  /** How many pairs have the candidate above, half of those with equal values included. */
  u: number
  /** The chance of a `u` this great or greater, of one this small or smaller, and twice the lesser of them. */
  pGreater: number
  pLess: number
  pTwoSided: number
}

/** Beyond, the exact distribution takes seconds and the normal one is right to a thousandth. */
const MOST_EXACT = 40

export function rankSum(baseline: readonly number[], candidate: readonly number[]): RankSum {
  const ranks = doubledRanks([...candidate, ...baseline])
  const sum = ranks.slice(0, candidate.length).reduce((total, rank) => total + rank, 0)
  const u = (sum - candidate.length * (candidate.length + 1)) / 2
  const { pGreater, pLess } =
    ranks.length <= MOST_EXACT ? exactly(ranks, candidate.length, sum) : approximately(ranks, candidate.length, u)
  return { u, pGreater, pLess, pTwoSided: Math.min(1, 2 * Math.min(pGreater, pLess)) }
}

/** The least two-sided p of two samples of these sizes: all of one above all of the other. */
export function leastRankSumP(baseline: number, candidate: number): number {
  let ways = 1
  for (let taken = 1; taken <= candidate; taken++) ways = (ways * (baseline + taken)) / taken
  return Math.min(1, 2 / ways)
}

/** The chance of a `u` of `most` at most, where no values are equal. */
export function chanceOfRankSumUpTo(most: number, baseline: number, candidate: number): number {
  if (most < 0) return 0
  const count = baseline + candidate
  if (count > MOST_EXACT) return normally(count, candidate, 0, most).pLess
  const untied = Array.from({ length: count }, (_, index) => 2 * (index + 1))
  const doubledSum = 2 * most + candidate * (candidate + 1)
  return exactly(untied, candidate, doubledSum).pLess
}

/** How many ways lead to each sum of `taken` of the ranks, counted rank by rank. */
function exactly(ranks: readonly number[], taken: number, observed: number): { pGreater: number; pLess: number } {
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  const ways = Array.from({ length: taken + 1 }, () => new Float64Array(total + 1))
  const [none] = ways
  if (none !== undefined) none[0] = 1
  for (const rank of ranks) {
    for (let count = taken; count > 0; count--) {
      const [with_, without] = [ways[count], ways[count - 1]]
      if (with_ === undefined || without === undefined) continue
      for (let sum = total; sum >= rank; sum--) with_[sum] = (with_[sum] ?? 0) + (without[sum - rank] ?? 0)
    }
  }
  let [all, above, below] = [0, 0, 0]
  ways[taken]?.forEach((count, sum) => {
    all += count
    if (sum >= observed) above += count
    if (sum <= observed) below += count
  })
  return { pGreater: above / all, pLess: below / all }
}

/**
 * By the normal distribution, with the variance corrected for equal values and half a step of continuity.
 * @internal for its test
 */
export function approximately(ranks: readonly number[], taken: number, u: number): { pGreater: number; pLess: number } {
  const together = new Map<number, number>()
  for (const rank of ranks) together.set(rank, (together.get(rank) ?? 0) + 1)
  const ties = [...together.values()].reduce((sum, size) => sum + size ** 3 - size, 0)
  return normally(ranks.length, taken, ties, u)
}

/** `ties`: the sum of t^3 - t over the sizes t of the groups of equal values. */
function normally(count: number, taken: number, ties: number, u: number): { pGreater: number; pLess: number } {
  const pairs = taken * (count - taken)
  const deviation = Math.sqrt((pairs / 12) * (count + 1 - ties / (count * (count - 1))))
  if (deviation === 0) return { pGreater: 1, pLess: 1 }
  const beyond = (distance: number): number => normalAbove((distance - 0.5) / deviation)
  return { pGreater: beyond(u - pairs / 2), pLess: beyond(pairs / 2 - u) }
}
