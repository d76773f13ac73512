import type { Schedule } from '../feed/schedule.js'

/** Positions whose times are kept: as many as a log keeps messages, so that a client that lags does not compute them again. */
const KEPT = 1 << 16

/** When each message was due, by the clock: a memory of the schedule, because every client asks for the same positions. */
export class IntendedTimes {
  readonly #schedule: Schedule
  readonly #positions = new Float64Array(KEPT)
  readonly #times = new Float64Array(KEPT)
  epochUs = 0

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  /** In microseconds of the clock. */
  at(position: number): number {
    const slot = position % KEPT
    if (this.#positions[slot] !== position) {
      this.#positions[slot] = position
      this.#times[slot] = this.epochUs + this.#schedule.offsetUs(position)
    }
    return this.#times[slot] as number
  }
}
