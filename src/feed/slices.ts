import type { FeedSlice } from '../model/plan.js'

/** Of a schedule: when each position is due, and how many are before a moment. */
interface Timing {
  offsetUs(position: number): number
  countBefore(elapsedUs: number): number
}

/**
 * A schedule that runs in slices of time only and stands still between them: positions go on without a gap, so that two servers can take turns,
 * each with a feed of its own. Slices must be in order and must not overlap. Nothing is due after the last.
 */
export function slicedSchedule(whole: Timing, slices: readonly FeedSlice[]): Timing {
  /** Running time before each slice. */
  const before: number[] = []
  const starts = slices.map(({ startOffsetUs }) => startOffsetUs)
  let totalUs = 0
  for (const { startOffsetUs, endOffsetUs } of slices) {
    before.push(totalUs)
    totalUs += Math.max(0, endOffsetUs - startOffsetUs)
  }
  return {
    offsetUs(position) {
      const runningUs = whole.offsetUs(position)
      if (!(runningUs < totalUs)) return Number.POSITIVE_INFINITY
      const index = lastAtMost(before, runningUs)
      return (slices[index] as FeedSlice).startOffsetUs + runningUs - (before[index] as number)
    },
    countBefore(elapsedUs) {
      const index = lastAtMost(starts, elapsedUs)
      const slice = slices[index]
      if (slice === undefined) return 0
      const within = Math.min(elapsedUs, slice.endOffsetUs) - slice.startOffsetUs
      return whole.countBefore((before[index] as number) + within)
    },
  }
}

/** Index of the last of these ascending values that is not above one; -1 where all are. Of equal ones (an empty slice) the last. */
function lastAtMost(values: readonly number[], value: number): number {
  let low = -1
  let high = values.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((values[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}
