/**
 * The one clock of a measurement, and the only file that reads one.
 *
 * `process.hrtime` is CLOCK_MONOTONIC: it never steps, and it is the same for all processes of a host,
 * so that a time taken in the server may be subtracted from one taken in a driver.
 */
export interface Clock {
  /** Whole microseconds since an arbitrary moment that all processes of the host share. */
  nowUs(): number
}

export const systemClock: Clock = {
  nowUs() {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e6 + Math.floor(nanoseconds / 1e3)
  },
}

/** Something due at a moment of a clock. */
export interface Timers {
  /** Calls back once, at `dueUs` or soon after; at once (but not before returning) where that has passed. */
  at(dueUs: number, callback: () => void): Timer
}

export interface Timer {
  cancel(): void
}

/** Wall-clock microseconds since 1970, for names of folders and to notice a clock that steps; never for a latency. */
export function wallClockUs(): number {
  // Not performance.timeOrigin + performance.now(): that is a monotonic clock too, and would never see the wall clock step.
  return Date.now() * 1e3
}

/**
 * The wall clock less `systemClock`, in microseconds, for messages that say the wall clock's time. Node's own origin of time is known to the microsecond
 * and never moves; each reading of the wall clock, which is one to the millisecond, corrects it where the two have come apart.
 */
export class WallOffset {
  #offsetUs = (performance.timeOrigin + performance.now()) * 1e3 - systemClock.nowUs()

  read(): number {
    const beforeUs = systemClock.nowUs()
    const wallUs = wallClockUs()
    const afterUs = systemClock.nowUs()
    this.#offsetUs = Math.min(Math.max(this.#offsetUs, wallUs - afterUs), wallUs + 1e3 - beforeUs)
    return this.#offsetUs
  }
}

/** The moment as ISO 8601 text, for people; nothing is computed from it. */
export function wallClockText(): string {
  return new Date(wallClockUs() / 1e3).toISOString()
}
