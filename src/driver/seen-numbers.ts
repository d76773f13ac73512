import type { PositionRange } from '../measure/ledger.js'

/** A feed that loses every second message still fits; of one that is torn into more, the oldest is forgotten. */
const MOST_RANGES = 4_096

/** Which numbers have been seen, in a few words of memory as long as most come one after the other. */
export class SeenNumbers {
  /** Ascending, with a gap between any two. */
  readonly #ranges: PositionRange[] = []

  has(number: number): boolean {
    const range = this.#ranges[this.#indexAtMost(number)]
    return range !== undefined && number <= range.last
  }

  add(number: number): void {
    const index = this.#indexAtMost(number)
    const before = this.#ranges[index]
    const after = this.#ranges[index + 1]
    if (before !== undefined && number <= before.last) return
    const joinsBefore = before !== undefined && before.last === number - 1
    const joinsAfter = after !== undefined && after.first === number + 1
    if (joinsBefore && joinsAfter) {
      before.last = after.last
      this.#ranges.splice(index + 1, 1)
    } else if (joinsBefore) before.last = number
    else if (joinsAfter) after.first = number
    else {
      this.#ranges.splice(index + 1, 0, { first: number, last: number })
      if (this.#ranges.length > MOST_RANGES) this.#ranges.shift()
    }
  }

  /** How many of the numbers from `first` to `last`. */
  count(first: number, last: number): number {
    return this.#ranges.reduce(
      (sum, range) => sum + Math.max(0, Math.min(last, range.last) - Math.max(first, range.first) + 1),
      0,
    )
  }

  /** Of the last range that begins at a number or before it; -1 where there is none. Looked for from the end, where most numbers come. */
  #indexAtMost(number: number): number {
    return this.#ranges.findLastIndex(({ first }) => first <= number)
  }
}
