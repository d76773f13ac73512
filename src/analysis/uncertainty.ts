import { decodeHistogram, Histogram } from '../measure/histogram.js'
import type { SeriesPoint, Trial } from '../model/trial.js'
import { estimatedVarianceFactor, medianInterval, percentileRanks, samplesNeeded } from './order-statistics.js'
import { greatest, least, median } from './spread.js'

/**
 * How far a percentile of the latency can be trusted. Deliveries of one message are nearly one observation, and messages that follow
 * each other are alike: what counts is not how many deliveries there were, but how many independent ones these are worth.
 */

/** `interval`: 95 %; `at-least`: too few samples for an upper end; `few`: for either; `unknown`: no blocks that would tell. */
export type EstimateKind = 'interval' | 'at-least' | 'few' | 'unknown'

/** A percentile of one trial, in microseconds. */
export interface Estimate {
  percent: number
  value: number
  kind: EstimateKind
  low: number | null
  high: number | null
  /** How many independent samples the deliveries are worth; `null` where the blocks do not tell. */
  independent: number | null
  /** How many it takes for an interval. */
  needed: number
}

/** feedbench writes 600 blocks at most; what has more was not written by it. */
const MOST_BLOCKS = 600

/** Percentiles (0 to 100, exclusive) of a trial's latency with their intervals, from its blocks; none where nothing was delivered. */
export function latencyEstimates(
  { latencyUs, series }: Pick<Trial, 'latencyUs' | 'series'>,
  percents: readonly number[],
): Estimate[] {
  if (latencyUs.histogram === null) return []
  const whole = decodeHistogram(latencyUs.histogram)
  const blocks = blocksOf(series)
  return percents.filter(() => whole.count > 0).map((percent) => estimate(whole, blocks, percent))
}

function blocksOf(series: readonly SeriesPoint[]): Histogram[] {
  if (series.length > MOST_BLOCKS) return []
  const histograms = series.map(({ latencyUs }) =>
    latencyUs.histogram === null ? new Histogram() : decodeHistogram(latencyUs.histogram),
  )
  return histograms.filter(({ count }) => count > 0)
}

function estimate(whole: Histogram, blocks: readonly Histogram[], percent: number): Estimate {
  const value = whole.percentile(percent)
  const needed = samplesNeeded(percent)
  const independent = independentSamples(blocks.map((block) => ({ deliveries: block.count, above: block.countAbove(value) })))
  const ranks = independent === null || independent < 1 ? { low: null, high: null } : percentileRanks(independent, percent)
  // A rank among so many independent samples, as a share of all deliveries: from the beginning of the first to the end of the last.
  const at = (rank: number | null): number | null =>
    rank === null || independent === null ? null : whole.percentile((rank / independent) * 100)
  const [low, high] = [at(ranks.low === null ? null : ranks.low - 1), at(ranks.high)]
  const kind = blocks.length < 2 ? 'unknown' : low === null ? 'few' : high === null ? 'at-least' : 'interval'
  return { percent, value, kind, low, high, independent, needed }
}

/** Of a block: deliveries, and those above the value that is asked about. */
export interface BlockCount {
  deliveries: number
  above: number
}

/**
 * What the deliveries are worth when it is asked how many of them lie above a value, at most their number. With few blocks the variance
 * is itself uncertain, so that they are worth less, as Student's t says: with 5 blocks an interval would else hold in 87 % of cases.
 * `null` with fewer than 2 blocks, or where nothing lies above.
 */
function independentSamples(blocks: readonly BlockCount[]): number | null {
  const worth = effectiveSamples(blocks)
  if (worth === null) return null
  const deliveries = blocks.reduce((sum, block) => sum + block.deliveries, 0)
  return Math.floor(Math.min(deliveries, worth * estimatedVarianceFactor(blocks.length - 1)))
}

/**
 * Of block b with n_b deliveries, k_b of them above: p = sum k / sum n and Var p = B/(B-1) sum (k_b - p n_b)^2 / N^2, for which it takes
 * p(1-p) / Var p independent samples (a ratio estimator over clusters). Infinite where all blocks agree.
 * @internal for its test
 */
export function effectiveSamples(blocks: readonly BlockCount[]): number | null {
  const total = blocks.reduce((sum, { deliveries }) => sum + deliveries, 0)
  const share = blocks.reduce((sum, { above }) => sum + above, 0) / total
  if (blocks.length < 2 || !(share > 0)) return null
  const squares = blocks.reduce((sum, { deliveries, above }) => sum + (above - share * deliveries) ** 2, 0)
  return (share * (1 - share) * total ** 2) / ((blocks.length / (blocks.length - 1)) * squares)
}

/** A figure over the rounds of a row, in its own unit. */
export interface RowEstimate {
  value: number
  /**
   * What `low` and `high` are: `rounds`: 95 % for the median of the rounds (6 or more); `range`: the least and the greatest of 2 to 5
   * rounds, which is no interval; `within`: 95 % inside the only round; `at-least`: the same without an upper end; `few`: too few
   * independent samples for either end; `none`: the blocks that would tell are not there.
   */
  basis: 'rounds' | 'range' | 'within' | 'at-least' | 'few' | 'none'
  low: number | null
  high: number | null
}

/**
 * The median of the rounds with what is known of its uncertainty; never of pooled deliveries. `null` of no round.
 * @internal for its test
 */
export function overRounds(values: readonly number[]): RowEstimate | null {
  const value = median(values)
  if (value === null) return null
  const interval = medianInterval(values)
  if (interval !== null) return { value, basis: 'rounds', ...interval }
  if (values.length > 1) return { value, basis: 'range', low: least(values), high: greatest(values) }
  return { value, basis: 'none', low: null, high: null }
}

const BASES = { interval: 'within', 'at-least': 'at-least', few: 'few', unknown: 'none' } as const

/** A percentile of the latency over the rounds of a row, none of them invalid unless all are. */
export function latencyOverRounds(trials: readonly Trial[], percents: readonly number[]): (RowEstimate | null)[] {
  const estimates = trials.map((trial) => latencyEstimates(trial, percents)).filter((found) => found.length > 0)
  return percents.map((_, place) => {
    const found = estimates.map((estimate) => estimate[place]).filter((one) => one !== undefined)
    const [only] = found
    if (found.length !== 1 || only === undefined) return overRounds(found.map(({ value }) => value))
    const { value, kind, low, high } = only
    return { value, low, high, basis: BASES[kind] }
  })
}
