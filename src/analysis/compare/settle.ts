import type { Shift } from '../statistics/hodges-lehmann.js'
import { leastRankSumP } from '../statistics/mann-whitney.js'
import { normalQuantileAbove } from '../statistics/normal.js'

/** How often the rounds that are named are meant to be enough. */
const POWER = 0.8
const TAIL = 0.025
/** By how much more values ranks need than a t-test, of normal ones (pi / 3). */
const RANKS_COST = Math.PI / 3
const MOST_ROUNDS = 200

/** A figure that is inconclusive: logarithms of both sides' values, and among how many figures it is asked. */
export interface Question {
  logs: readonly [baseline: readonly number[], candidate: readonly number[]]
  shift: Shift | null
  margin: number
  figures: number
  alpha: number
}

/** What would settle it, in words: how many rounds it would probably take on each side. */
export function settledBy({ logs: [left, right], shift, margin, figures, alpha }: Question): string {
  if (shift === null) return `a valid trial with a value ${left.length === 0 ? 'in the baseline' : 'in the candidate'}`
  const least = leastRounds(alpha / figures)
  const have = Math.min(left.length, right.length)
  if (have < 2) return `${least} or more rounds a side (there ${have === 1 ? 'is one' : 'are none'})`
  const deviation = Math.sqrt((variance(left) + variance(right)) / 2)
  const limit = Math.log1p(margin)
  const size = Math.abs(shift.estimate)
  const [distance, level] = size >= limit ? [size, alpha / figures / 2] : [limit - size, TAIL]
  const sigmas = normalQuantileAbove(level) + normalQuantileAbove(1 - POWER)
  const byScatter = Math.ceil(2 * RANKS_COST * ((sigmas * deviation) / distance) ** 2)
  const needed = Math.max(byScatter, size >= limit ? least : leastRounds(2 * TAIL), have + 1)
  if (needed > MOST_ROUNDS) return 'no number of rounds that is worth while: the estimate lies at its margin'
  const more = needed - have
  return `about ${more} more ${more === 1 ? 'round' : 'rounds'} a side`
}

/** With fewer trials a side no two-sided p gets down to `level`, however far apart they lie. */
function leastRounds(level: number): number {
  let rounds = 1
  while (leastRankSumP(rounds, rounds) > level && rounds < MOST_ROUNDS) rounds++
  return rounds
}

/** Of one value none is known. */
function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.length < 2 ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}
