import type { ClientLedger, PositionRange } from '../measure/ledger.js'
import type { ObservedSpan } from '../model/member.js'
import type { LedgerShard, SlowReadersShard } from '../model/shard.js'
import type { TrialWindow } from '../model/trial.js'
import { ObservedFeed } from './observed-feed.js'

interface Counted {
  ledger: LedgerShard
  slow: SlowReadersShard | null
}

/** What a driver does where the server publishes by itself: its ledger is known only when all drivers have said what they saw. */
export class Observation {
  readonly feed = new ObservedFeed()
  #scheduled = 0

  /** The positions that count, which grow as messages come. */
  open(windows: readonly TrialWindow[]): PositionRange[] {
    this.feed.open(windows)
    return this.feed.ranges
  }

  /** `ledgers`: of all clients, those too that never had a message. */
  settle(spans: readonly ObservedSpan[], clients: Iterable<{ readonly ledger: ClientLedger }>): number {
    for (const { ledger } of clients) ledger.begin(this.feed.firstPosition)
    this.#scheduled = spans.reduce((sum, { first, last }) => sum + last - first + 1, 0)
    return this.feed.settle(spans)
  }

  /** What is missing comes from the clients' cursors; of what no client here has seen, every client misses all. The rest is delivered. */
  account<C extends Counted>(counted: C, clients: number): C {
    // What lies before the first that any client here saw is in no client's cursor.
    const from = this.feed.firstPosition
    const located = this.feed.ranges.reduce((sum, { first, last }) => sum + Math.max(0, last - Math.max(first, from) + 1), 0)
    const unseen = this.#scheduled - located
    const missing = counted.ledger.missing + clients * unseen
    const delivered = clients * this.#scheduled - missing - counted.ledger.superseded
    return { ...counted, ledger: { ...counted.ledger, delivered, missing } }
  }
}
