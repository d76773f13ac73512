import type { PositionRange } from '../measure/ledger.js'
import type { TrialWindow } from '../model/trial.js'
import type { Schedule } from './schedule.js'

/** The positions of the messages that are due in each window [start, end). */
export function positionsIn(schedule: Schedule, epochUs: number, windows: readonly TrialWindow[]): PositionRange[] {
  return windows.map(({ startUs, endUs }) => ({
    first: schedule.countBefore(startUs - epochUs) + 1,
    last: schedule.countBefore(endUs - epochUs),
  }))
}
