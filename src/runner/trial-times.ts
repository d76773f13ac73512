import { createSchedule } from '../feed/schedule.js'
import { positionsIn } from '../feed/windows.js'
import type { FeedTimes } from '../model/member.js'
import type { PlannedTrial, TraceContent } from '../model/plan.js'
import type { TrialWindow } from '../model/trial.js'

/** When a trial's feed runs and what of it is measured. `epochUs`: the feed's zero, of the runner's clock. */
export function feedTimes(planned: PlannedTrial, epochUs: number): FeedTimes {
  const windows = windowsFrom(planned, epochUs)
  return { epochUs, untilUs: windows.at(-1)?.endUs ?? epochUs, windows }
}

/** Intended times in the windows, from the plan alone. */
export function scheduledIn(planned: PlannedTrial, trace: TraceContent | null): number {
  const schedule = createSchedule(planned.feed, trace)
  return positionsIn(schedule, 0, windowsFrom(planned, 0)).reduce(
    (sum, { first, last }) => sum + Math.max(0, last - first + 1),
    0,
  )
}

function windowsFrom({ windows }: PlannedTrial, epochUs: number): TrialWindow[] {
  return windows.map(({ startOffsetUs, endOffsetUs, side, tag }) => ({
    startUs: epochUs + startOffsetUs,
    endUs: epochUs + endOffsetUs,
    side,
    tag,
  }))
}
