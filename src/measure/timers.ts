import { type Clock, systemClock, type Timer, type Timers } from './clock.js'

/**
 * Timers by absolute time on one `setTimeout`, so that thousands of poll ticks cost a heap operation each
 * and a period never drifts by what its ticks were late.
 */
export class HeapTimers implements Timers {
  readonly #clock: Clock
  readonly #onWake: () => void
  readonly #heap: Entry[] = []
  #armedForUs = Number.POSITIVE_INFINITY
  #handle: NodeJS.Timeout | undefined

  /** `onWake` is called whenever the loop comes here, before what is due. */
  constructor(clock: Clock = systemClock, onWake: () => void = () => {}) {
    this.#clock = clock
    this.#onWake = onWake
  }

  at(dueUs: number, callback: () => void): Timer {
    const entry = new Entry(dueUs, callback)
    push(this.#heap, entry)
    if (dueUs < this.#armedForUs) this.#arm()
    return entry
  }

  #arm(): void {
    clearTimeout(this.#handle)
    const next = this.#heap[0]
    this.#armedForUs = next?.dueUs ?? Number.POSITIVE_INFINITY
    if (next === undefined) return
    // Rounded up: a poll may be late by less than a millisecond, but is never sent before its time.
    this.#handle = setTimeout(() => this.#fire(), Math.max(0, Math.ceil((next.dueUs - this.#clock.nowUs()) / 1e3)))
  }

  #fire(): void {
    this.#onWake()
    const nowUs = this.#clock.nowUs()
    // Entries that a callback adds for now or before wait for the next turn, so that sockets are read in between.
    const due: Entry[] = []
    while (this.#heap[0] !== undefined && this.#heap[0].dueUs <= nowUs) due.push(pop(this.#heap))
    this.#armedForUs = 0
    for (const entry of due) entry.fire()
    this.#arm()
  }
}

class Entry implements Timer {
  readonly dueUs: number
  #callback: (() => void) | undefined

  constructor(dueUs: number, callback: () => void) {
    this.dueUs = dueUs
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

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length
  heap.push(entry)
  while (at > 0) {
    const parentAt = (at - 1) >> 1
    const parent = heap[parentAt] as Entry
    if (parent.dueUs <= entry.dueUs) break
    heap[at] = parent
    at = parentAt
  }
  heap[at] = entry
}

/** The heap must not be empty. */
function pop(heap: Entry[]): Entry {
  const top = heap[0] as Entry
  const last = heap.pop() as Entry
  if (heap.length === 0) return top
  let at = 0
  for (;;) {
    let childAt = 2 * at + 1
    if (childAt >= heap.length) break
    if (childAt + 1 < heap.length && (heap[childAt + 1] as Entry).dueUs < (heap[childAt] as Entry).dueUs) childAt++
    const child = heap[childAt] as Entry
    if (child.dueUs >= last.dueUs) break
    heap[at] = child
    at = childAt
  }
  heap[at] = last
  return top
}
