import type { Clock, Timer, Timers } from '../measure/clock.js'

interface Due {
  dueUs: number
  /** Those for one moment fire in the order in which they were asked for. */
  order: number
  callback: () => void
}

/** A clock that stands still until it is told to go on, and the timers by it. */
export class VirtualClock implements Clock, Timers {
  #nowUs: number
  #order = 0
  #waiting: Due[] = []

  constructor(startUs = 1_000_000_000) {
    this.#nowUs = startUs
  }

  nowUs(): number {
    return this.#nowUs
  }

  /** Timers that have not fired yet. */
  get armed(): number {
    return this.#waiting.length
  }

  at(dueUs: number, callback: () => void): Timer {
    const due: Due = { dueUs, order: this.#order++, callback }
    this.#waiting.push(due)
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== due)
      },
    }
  }

  /** Goes to a moment, and fires on the way what becomes due, each at its own time; what they add is fired too. */
  advanceTo(us: number): void {
    for (let next = this.#nextBy(us); next !== undefined; next = this.#nextBy(us)) {
      const fired = next
      this.#waiting = this.#waiting.filter((other) => other !== fired)
      this.#nowUs = Math.max(this.#nowUs, fired.dueUs)
      fired.callback()
    }
    this.#nowUs = Math.max(this.#nowUs, us)
  }

  advanceBy(us: number): void {
    this.advanceTo(this.#nowUs + us)
  }

  /** Lets time pass in which nothing fires, as in a loop that is busy or a process that is frozen. */
  stall(us: number): void {
    this.#nowUs += us
  }

  #nextBy(us: number): Due | undefined {
    const due = this.#waiting.filter(({ dueUs }) => dueUs <= us)
    return due.sort((a, b) => a.dueUs - b.dueUs || a.order - b.order)[0]
  }
}
