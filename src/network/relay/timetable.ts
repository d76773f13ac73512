import type { DelayLine } from './delay-line.js'

/** Which line has something to write next: a heap by `nextUs`. A line tells of each change with `update`. */
export class Timetable {
  readonly #heap: DelayLine[] = []
  readonly #keys: number[] = []

  /** Infinity where nothing is due at any time. */
  get nextUs(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY
  }

  /** Puts a line where it belongs now. */
  update(line: DelayLine): void {
    const nextUs = line.nextUs
    if (line.place < 0) {
      if (nextUs === Number.POSITIVE_INFINITY) return
      this.#rise(line, nextUs, this.#heap.length)
    } else if (nextUs === Number.POSITIVE_INFINITY) this.#remove(line)
    else if (nextUs < (this.#keys[line.place] as number)) this.#rise(line, nextUs, line.place)
    else this.#sink(line, nextUs, line.place)
  }

  /** Has what is due by then written, so many writes at most. Returns how many there were. */
  releaseDue(byUs: number, most: number): number {
    let writes = 0
    while (writes < most && this.nextUs <= byUs) {
      const line = this.#heap[0] as DelayLine
      line.release()
      this.update(line)
      writes++
    }
    return writes
  }

  #remove(line: DelayLine): void {
    const { place } = line
    line.place = -1
    const last = this.#heap.pop() as DelayLine
    const key = this.#keys.pop() as number
    if (last === line) return
    if (place > 0 && key < (this.#keys[(place - 1) >> 1] as number)) this.#rise(last, key, place)
    else this.#sink(last, key, place)
  }

  #rise(line: DelayLine, key: number, from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if ((this.#keys[parent] as number) <= key) break
      this.#put(this.#heap[parent] as DelayLine, this.#keys[parent] as number, place)
      place = parent
    }
    this.#put(line, key, place)
  }

  #sink(line: DelayLine, key: number, from: number): void {
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#heap.length) break
      if (child + 1 < this.#heap.length && (this.#keys[child + 1] as number) < (this.#keys[child] as number)) child++
      if ((this.#keys[child] as number) >= key) break
      this.#put(this.#heap[child] as DelayLine, this.#keys[child] as number, place)
      place = child
    }
    this.#put(line, key, place)
  }

  #put(line: DelayLine, key: number, place: number): void {
    this.#heap[place] = line
    this.#keys[place] = key
    line.place = place
  }
}
