import { systemClock, type Timer, type Timers } from '../../measure/clock.js'
import { HeapTimers } from '../../measure/timers.js'

/** Timers that know how many of them are still to come. */
export class CountedTimers implements Timers {
  readonly #timers = new HeapTimers(systemClock)
  pending = 0

  at(dueUs: number, callback: () => void): Timer {
    let isPending = true
    const settle = () => {
      if (isPending) this.pending--
      isPending = false
    }
    this.pending++
    const timer = this.#timers.at(dueUs, () => {
      settle()
      callback()
    })
    return {
      cancel() {
        settle()
        timer.cancel()
      },
    }
  }
}
