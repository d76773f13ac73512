import { studentQuantile } from './statistics/student.js'

/**
 * Intervals for a percentile out of the sample's own order (nonparametric): which of n sorted independent values lie below and above
 * it in 95 % of cases, by the binomial distribution. No assumption on what the values look like.
 */

/** On each side, of a two-sided interval of 95 %. */
const TAIL = 0.025
/** The normal quantile of 1 - TAIL. */
const Z = 1.959964
/** From here on (n p (1 - p)) the normal approximation is exact to a rank in a thousand. */
const NORMAL_FROM = 1_000

/** Ranks from 1 to n; `null` where no value of the sample bounds the percentile on that side. */
export interface Ranks {
  low: number | null
  high: number | null
}

/** The ranks whose values enclose a percentile (0 to 100, exclusive) of what n independent values were drawn from. */
export function percentileRanks(n: number, percent: number): Ranks {
  const share = percent / 100
  const low = binomialQuantile(n, share, TAIL)
  const high = binomialQuantile(n, share, 1 - TAIL) + 1
  return { low: low > 0 ? low : null, high: high <= n ? high : null }
}

/** How many independent values it takes to enclose a percentile: 6 for 50, 36 for 90, 368 for 99, 3,688 for 99.9. */
export function samplesNeeded(percent: number): number {
  const rare = Math.min(percent, 100 - percent) / 100
  return Math.ceil(Math.log(TAIL) / Math.log1p(-rare))
}

/** The interval of 95 % for the median of what the values were drawn from; `null` of fewer than 6. */
export function medianInterval(values: readonly number[]): { low: number; high: number } | null {
  const sorted = [...values].sort((a, b) => a - b)
  const { low, high } = percentileRanks(sorted.length, 50)
  const [least, greatest] = [sorted[(low ?? 0) - 1], sorted[(high ?? 0) - 1]]
  return least === undefined || greatest === undefined ? null : { low: least, high: greatest }
}

/** The least k with P(X <= k) >= `level`, of X successes in n trials. */
function binomialQuantile(n: number, share: number, level: number): number {
  const variance = n * share * (1 - share)
  if (variance > NORMAL_FROM) {
    const away = (level < 0.5 ? -Z : Z) * Math.sqrt(variance)
    return Math.max(0, Math.min(n, Math.ceil(n * share + away - 0.5)))
  }
  // In logarithms, since the first terms may be below what a double holds.
  let logTerm = n * Math.log1p(-share)
  let sum = 0
  for (let k = 0; k < n; k++) {
    sum += Math.exp(logTerm)
    if (sum >= level - 1e-12) return k
    logTerm += Math.log(((n - k) / (k + 1)) * (share / (1 - share)))
  }
  return n
}

/** By how much fewer samples a variance is worth that was itself estimated, from so many degrees of freedom (1 or more). */
export function estimatedVarianceFactor(degrees: number): number {
  return (Z / studentQuantile(1 - TAIL, degrees)) ** 2
}
