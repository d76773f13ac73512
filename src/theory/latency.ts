/** The distribution of a latency, in microseconds. */
export interface Latency {
  meanUs: number
  /** The least value that no latency exceeds. */
  maxUs: number
  /** From 0 to 100. */
  percentileUs(percentile: number): number
}

/**
 * `offsetUs` for a share of the messages, and beyond it evenly spread over `lengthUs` for the others: what polls make of a feed.
 * P(latency <= offset + x) = share + (1 - share) x / length.
 */
export function evenAfter(offsetUs: number, lengthUs: number, shareAtOffset = 0): Latency {
  const spread = 1 - shareAtOffset
  return {
    meanUs: offsetUs + (spread * lengthUs) / 2,
    maxUs: spread > 0 ? offsetUs + lengthUs : offsetUs,
    percentileUs: (percentile) => {
      const beyond = percentile / 100 - shareAtOffset
      return beyond <= 0 || spread <= 0 ? offsetUs : offsetUs + (beyond / spread) * lengthUs
    },
  }
}

/** By the share of messages that are later than a time: a function that falls from 1 to 0 between 0 and `maxUs`. */
export function byExceedance(meanUs: number, maxUs: number, exceedance: (us: number) => number): Latency {
  return {
    meanUs,
    maxUs,
    percentileUs: (percentile) => {
      const wanted = 1 - percentile / 100
      let low = 0
      let high = maxUs
      // Each step halves what is left: 60 of them leave less than rounding does.
      for (let step = 0; step < 60; step++) {
        const middle = (low + high) / 2
        if (exceedance(middle) > wanted) low = middle
        else high = middle
      }
      return high
    },
  }
}

/** Of values that are equally likely; at least one. */
export function ofValues(valuesUs: readonly number[]): Latency {
  const sorted = [...valuesUs].sort((a, b) => a - b)
  const at = (rank: number) => sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] as number
  return {
    meanUs: sorted.reduce((sum, us) => sum + us, 0) / sorted.length,
    maxUs: at(sorted.length),
    percentileUs: (percentile) => at(Math.ceil((percentile / 100) * sorted.length)),
  }
}
