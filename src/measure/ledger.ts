import type { DriverShard } from '../model/shard.js'

/** Positions of the messages whose intended times lie in a window, first to last; `last < first` where there are none. */
export interface PositionRange {
  first: number
  last: number
}

/** What a driver hands to the runner. */
export type LedgerCounts = DriverShard['ledger']

/** Gaps that are remembered for one client. Beyond this the oldest is given up as missing. */
const MOST_GAPS = 1_024

/**
 * What became of each message at one client, in a few words of memory: the next position it should see, and the gaps
 * before that. Missing is counted from these, delivered as messages come: the two meet only in the check that they add up.
 */
export class ClientLedger {
  /** Position that is expected next. */
  next = 1
  /** Ranges below `next` that have not come, in ascending order. */
  #gaps: PositionRange[] | null = null
  /** Gaps up to here were given up: a message from there may be late, or a duplicate. */
  #givenUpTo = 0

  /** Begins at a position, before anything was accepted: what lies before it was never to come. */
  begin(position: number): void {
    if (this.next === 1) this.next = position
  }

  /** Position of the newest message held: the cursor to resume at. */
  get cursor(): number {
    return this.next - 1
  }

  /** Whether every message up to a position has come, or was skipped on purpose. */
  hasAllTo(position: number): boolean {
    return this.next > position && this.#gaps === null
  }

  /**
   * Notes a message. Whether it was new and counts as a delivery.
   * `latestOnly`: positions that were skipped to reach this one are superseded, not missing.
   */
  accept(position: number, latestOnly: boolean, ledger: Ledger): boolean {
    if (position >= this.next) {
      if (position > this.next) this.#skip({ first: this.next, last: position - 1 }, latestOnly, ledger)
      this.next = position + 1
      ledger.noteDelivered(position)
      return true
    }
    if (this.#fill(position, ledger)) {
      ledger.noteReordered(position)
      ledger.noteDelivered(position)
      return true
    }
    if (position <= this.#givenUpTo) ledger.noteOverflow()
    ledger.noteDuplicate(position)
    return false
  }

  /** Messages of the windows that have not come. */
  missing(ledger: Ledger): number {
    const inGaps = (this.#gaps ?? []).reduce((sum, gap) => sum + ledger.countInWindows(gap), 0)
    return inGaps + ledger.countInWindows({ first: this.next, last: Number.MAX_SAFE_INTEGER })
  }

  #skip(gap: PositionRange, latestOnly: boolean, ledger: Ledger): void {
    if (latestOnly) return ledger.noteSuperseded(gap)
    this.#gaps ??= []
    this.#gaps.push(gap)
    this.#bound(this.#gaps, ledger)
  }

  #bound(gaps: PositionRange[], ledger: Ledger): void {
    if (gaps.length <= MOST_GAPS) return
    const oldest = gaps.shift() as PositionRange
    this.#givenUpTo = oldest.last
    ledger.noteGivenUp(oldest)
  }

  /** Whether the position was in a gap, which it is not any more. */
  #fill(position: number, ledger: Ledger): boolean {
    const gaps = this.#gaps ?? []
    const index = gaps.findIndex(({ first, last }) => first <= position && position <= last)
    const gap = gaps[index]
    if (gap === undefined) return false
    const rest = [
      { first: gap.first, last: position - 1 },
      { first: position + 1, last: gap.last },
    ]
    gaps.splice(index, 1, ...rest.filter(({ first, last }) => first <= last))
    if (gaps.length === 0) this.#gaps = null
    this.#bound(gaps, ledger)
    return true
  }
}

/** The counts over all clients of a driver. Only messages of the windows count; nothing does before these are known. */
export class Ledger {
  #windows: readonly PositionRange[] = []
  #delivered = 0
  #superseded = 0
  #duplicates = 0
  #reordered = 0
  #overflowed = 0
  #givenUp = 0

  /** Begins to count. */
  open(windows: readonly PositionRange[]): void {
    this.#windows = windows
  }

  get delivered(): number {
    return this.#delivered
  }

  get superseded(): number {
    return this.#superseded
  }

  counts(clients: Iterable<ClientLedger>): LedgerCounts {
    let missing = this.#givenUp
    for (const client of clients) missing += client.missing(this)
    return {
      delivered: this.#delivered,
      missing,
      superseded: this.#superseded,
      duplicates: this.#duplicates,
      reordered: this.#reordered,
      overflowed: this.#overflowed,
    }
  }

  countInWindows({ first, last }: PositionRange): number {
    let count = 0
    for (const window of this.#windows) count += Math.max(0, Math.min(last, window.last) - Math.max(first, window.first) + 1)
    return count
  }

  noteDelivered(position: number): void {
    this.#delivered += this.#one(position)
  }

  noteDuplicate(position: number): void {
    this.#duplicates += this.#one(position)
  }

  noteReordered(position: number): void {
    this.#reordered += this.#one(position)
  }

  noteSuperseded(range: PositionRange): void {
    this.#superseded += this.countInWindows(range)
  }

  /** A message came of which it cannot be told any more whether it was missing. */
  noteOverflow(): void {
    this.#overflowed++
  }

  noteGivenUp(range: PositionRange): void {
    this.#givenUp += this.countInWindows(range)
  }

  /** 1 where the position is in a window, else 0. */
  #one(position: number): number {
    let one = 0
    for (const { first, last } of this.#windows) {
      // Both are looked at every time, for the reason that `Twin` gives.
      const hasBegun = position >= first
      const isOver = position > last
      if (hasBegun && !isOver) one = 1
    }
    return one
  }
}
