import { Histogram } from '../measure/histogram.js'
import { Ledger, type PositionRange } from '../measure/ledger.js'
import type { Deliveries, Recorder } from '../measure/recorder.js'
import type { DriverShard } from '../model/shard.js'
import type { TrialWindow } from '../model/trial.js'

/** Errors by which the driver's own machine says that it has no more to give. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EADDRINUSE', 'ENOBUFS', 'ENOMEM'])

/** What the clients of a driver report, added up. Only what lies in the windows counts, but for connecting. */
export class Tally<Kept extends Deliveries = Recorder> {
  readonly ledger = new Ledger()
  readonly recorder: Kept
  readonly connectUs = new Histogram()
  readonly requests: DriverShard['requests'] = { total: 0, empty: 0, failed: 0, skipped: 0, responses: 0, messages: 0 }
  payloadBytes = 0
  /** Messages received so far, whenever they were published; like bytes, they are sampled when a window begins and ends. */
  deliveries = 0
  subscribed = 0
  lost = 0
  exhausted = 0
  foreign = 0
  lastError: string | null = null
  /** Position of the newest message that has come. */
  newest = 0
  /** Of the feed: publishing stops at the end of the last window. */
  lastPosition = 0
  #windows: readonly TrialWindow[] = []

  constructor(recorder: Kept) {
    this.recorder = recorder
  }

  /** Begins to count: times by the clock, and the positions of the messages that are due in them. */
  open(windows: readonly TrialWindow[], positions: readonly PositionRange[]): void {
    this.#windows = windows
    this.lastPosition = positions.at(-1)?.last ?? 0
    this.ledger.open(positions)
    this.recorder.open(windows)
  }

  noteSubscribed(): void {
    this.subscribed++
  }

  noteLost(): void {
    this.subscribed--
    this.lost++
  }

  /** A message that the feed does not have. */
  noteForeign(text: Buffer): void {
    this.foreign++
    this.lastError = `expected a message of this feed, got ${JSON.stringify(text.toString('utf8', 0, 80))}`
  }

  noteReceived(bytes: number): void {
    this.deliveries++
    this.payloadBytes += bytes
  }

  /** Whether the request counts. */
  noteRequest(scheduledUs: number): boolean {
    const counts = this.#isInWindow(scheduledUs)
    if (counts) this.requests.total++
    return counts
  }

  noteAnswer(messages: number): void {
    if (messages === 0) this.requests.empty++
    else {
      this.requests.responses++
      this.requests.messages += messages
    }
  }

  noteSkipped(scheduledUs: number): void {
    if (this.#isInWindow(scheduledUs)) this.requests.skipped++
  }

  noteError(error: NodeJS.ErrnoException): void {
    if (error.code !== undefined && EXHAUSTED.has(error.code)) this.exhausted++
    this.lastError = error.message
  }

  #isInWindow(us: number): boolean {
    for (const { startUs, endUs } of this.#windows) if (us >= startUs && us < endUs) return true
    return false
  }
}
