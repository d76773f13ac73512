import type { Schedule } from './schedule.js'

/** Messages of a slice. */
export interface SliceCounts {
  scheduled: number
  /** Of these, without the first, which finds a server that has rested, and what is due with it. */
  counted: number
}

/** What is due in a slice [start, end) of time. All three in microseconds, of the same clock. */
export function countsIn(
  schedule: Schedule,
  epochUs: number,
  { startUs, endUs }: { startUs: number; endUs: number },
): SliceCounts {
  const before = schedule.countBefore(startUs - epochUs)
  const last = schedule.countBefore(endUs - epochUs)
  if (last <= before) return { scheduled: 0, counted: 0 }
  // As the drivers have it: what counts is due a microsecond after the first, or later.
  const withFirst = schedule.countBefore(schedule.offsetUs(before + 1) + 1)
  return { scheduled: last - before, counted: Math.max(0, last - withFirst) }
}
