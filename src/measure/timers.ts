import { type Clock, systemClock, type Timer, type Timers } from './clock.js'

/**
 * Timers by absolute time on one `setTimeout`, so that thousands of poll ticks cost a heap operation each
 * and a period never drifts by what its ticks were late.
 */
export class HeapTimers implements Timers {
  readonly #clock: Clock
  readonly #onWake: () => void
  readonly #onRest: () => void
  readonly #heap = new DueHeap()
  #armedForUs = Number.POSITIVE_INFINITY
  #handle: NodeJS.Timeout | undefined

  /** `onWake` is called whenever the loop comes here, before what is due; `onRest` after it. */
  constructor(clock: Clock = systemClock, onWake: () => void = () => {}, onRest: () => void = () => {}) {
    this.#clock = clock
    this.#onWake = onWake
    this.#onRest = onRest
  }

  at(dueUs: number, callback: () => void): Timer {
    const entry = new Entry(callback)
    this.#heap.push(dueUs, entry)
    if (dueUs < this.#armedForUs) this.#arm()
    return entry
  }

  #arm(): void {
    if (this.#handle !== undefined) clearTimeout(this.#handle)
    const dueUs = this.#heap.firstUs
    this.#armedForUs = dueUs
    if (dueUs === Number.POSITIVE_INFINITY) return
    // Rounded up: a poll may be late by less than a millisecond, but is never sent before its time.
    this.#handle = setTimeout(() => this.#fire(), Math.max(0, Math.ceil((dueUs - this.#clock.nowUs()) / 1e3)))
  }

  #fire(): void {
    // It has fired: clearing it would only cost.
    this.#handle = undefined
    this.#onWake()
    const nowUs = this.#clock.nowUs()
    // Entries that a callback adds for now or before wait for the next turn, so that sockets are read in between.
    const due: Entry[] = []
    while (this.#heap.firstUs <= nowUs) due.push(this.#heap.pop())
    this.#armedForUs = 0
    for (const entry of due) entry.fire()
    this.#arm()
    this.#onRest()
  }
}

class Entry implements Timer {
  #callback: (() => void) | undefined

  constructor(callback: () => void) {
    this.#callback = callback
  }

  fire(): void {
    const callback = this.#callback
    this.#callback = undefined
    callback?.()
  }

  cancel(): void {
    this.#callback = undefined
  }
}

/** Entries by time. The times lie in one flat array, so that comparing them goes to no entry. */
class DueHeap {
  #times = new Float64Array(64)
  readonly #entries: Entry[] = []

  /** Infinite where there is none. */
  get firstUs(): number {
    return this.#entries.length === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number)
  }

  push(dueUs: number, entry: Entry): void {
    let at = this.#entries.length
    if (at === this.#times.length) {
      const grown = new Float64Array(2 * at)
      grown.set(this.#times)
      this.#times = grown
    }
    this.#entries.push(entry)
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      if ((this.#times[parentAt] as number) <= dueUs) break
      this.#move(parentAt, at)
      at = parentAt
    }
    this.#times[at] = dueUs
    this.#entries[at] = entry
  }

  /** The heap must not be empty. */
  pop(): Entry {
    const top = this.#entries[0] as Entry
    const last = this.#entries.pop() as Entry
    const length = this.#entries.length
    if (length === 0) return top
    const lastUs = this.#times[length] as number
    let at = 0
    for (;;) {
      let childAt = 2 * at + 1
      if (childAt >= length) break
      if (childAt + 1 < length && (this.#times[childAt + 1] as number) < (this.#times[childAt] as number)) childAt++
      if ((this.#times[childAt] as number) >= lastUs) break
      this.#move(childAt, at)
      at = childAt
    }
    this.#times[at] = lastUs
    this.#entries[at] = last
    return top
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number
    this.#entries[to] = this.#entries[from] as Entry
  }
}
