import type { StalenessShard } from '../model/shard.js'
import { type Distribution, EMPTY_DISTRIBUTION } from '../model/trial.js'
import { distribution, mergeHistograms } from './histogram.js'
import { agesOverTime } from './staleness.js'
import { sum } from './sums.js'

/** The staleness of several drivers' clients as one distribution over time. */
export function mergeStaleness(shards: readonly StalenessShard[]): Distribution {
  const observedUs = sum(shards, ({ observedUs }) => observedUs)
  if (observedUs === 0) return EMPTY_DISTRIBUTION
  const { ages } = agesOverTime(
    mergeHistograms(shards.map(({ startAges }) => startAges)),
    mergeHistograms(shards.map(({ endAges }) => endAges)),
  )
  const meanUs = sum(shards, ({ meanUs, observedUs }) => (meanUs ?? 0) * observedUs) / observedUs
  // The mean is exact; the histogram's own has its buckets' width.
  return ages.count === 0 ? EMPTY_DISTRIBUTION : { ...distribution(ages), mean: Math.round(meanUs * 10) / 10 }
}
