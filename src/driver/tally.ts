import { Histogram } from '../measure/histogram.js'
import { Ledger, type PositionRange } from '../measure/ledger.js'
import type { Deliveries, Recorder } from '../measure/recorder.js'
import { isWithin, Twin } from '../measure/twin.js'
import type { DriverShard } from '../model/shard.js'
import type { TrialWindow } from '../model/trial.js'

/** Errors by which the driver's own machine says that it has no more to give. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EADDRINUSE', 'ENOBUFS', 'ENOMEM'])

/** What the clients of a driver report, added up. Only what lies in the windows counts, but for connecting. */
export class Tally<Kept extends Deliveries = Recorder> {
  readonly ledger = new Ledger()
  readonly recorder: Kept
  readonly connectUs = new Histogram()
  readonly #requests = new Twin<DriverShard['requests']>(noRequests)
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

  /** Those that count. */
  get requests(): DriverShard['requests'] {
    return this.#requests.counted
  }

  /** Whether the request counts. */
  noteRequest(scheduledUs: number): boolean {
    const isCounted = isWithin(this.#windows, scheduledUs)
    this.#requests.of(isCounted).total++
    return isCounted
  }

  /** `isCounted`: whether its request counts. */
  noteAnswer(messages: number, isCounted: boolean): void {
    const requests = this.#requests.of(isCounted)
    if (messages === 0) requests.empty++
    else {
      requests.responses++
      requests.messages += messages
    }
  }

  noteFailed(isCounted: boolean): void {
    this.#requests.of(isCounted).failed++
  }

  noteSkipped(scheduledUs: number): void {
    this.#requests.of(isWithin(this.#windows, scheduledUs)).skipped++
  }

  noteError(error: NodeJS.ErrnoException): void {
    if (error.code !== undefined && EXHAUSTED.has(error.code)) this.exhausted++
    this.lastError = error.message
  }
}

function noRequests(): DriverShard['requests'] {
  return { total: 0, empty: 0, failed: 0, skipped: 0, responses: 0, messages: 0 }
}
