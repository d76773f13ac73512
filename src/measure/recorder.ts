import type { StalenessShard } from '../model/shard.js'
import type { TrialWindow } from '../model/trial.js'
import { type Block, Blocks, blockLengthUs } from './blocks.js'
import { Histogram, mergeHistograms } from './histogram.js'
import { Recent } from './recent.js'
import { type Held, Staleness } from './staleness.js'

/** One delivery, in microseconds of the clock. */
export interface Delivery {
  intendedUs: number
  /** `null` where the message does not say when it was published. */
  publishedUs: number | null
  receivedUs: number
  /** For how long the driver's loop may have kept it waiting. */
  lagUs: number
  /** When the request that brought it was sent; absent where nobody had to ask. */
  askedUs?: number | undefined
  /** Of `lagUs`, what was not due to a request that was sent late. */
  readLagUs?: number
}

/** Whoever keeps what the clients of a driver receive. */
export interface Deliveries {
  open(windows: readonly TrialWindow[]): void
  record(delivery: Delivery): void
  renew(held: Held, intendedUs: number, receivedUs: number): void
}

export interface Recorded {
  latencyUs: string
  transitUs: string | null
  lagUs: string
  transitLessLagUs: string
  negatives: number
  blocks: Block[]
  blockLengthUs: number
  staleness: StalenessShard
}

/** The times of deliveries, by the window and block in which the message was to be published. Nothing counts before `open`. */
export class Recorder implements Deliveries {
  /** Of all deliveries, those of the warm-up too. */
  readonly recent = new Recent()
  readonly #transitUs = new Histogram()
  readonly #lagUs = new Histogram()
  readonly #transitLessLagUs = new Histogram()
  readonly #blocks = new Blocks()
  readonly #staleness = new Staleness()
  #windows: readonly TrialWindow[] = []
  #originUs = 0
  #blockUs = 1
  #negatives = 0

  open(windows: readonly TrialWindow[]): void {
    this.#windows = windows
    this.#staleness.open(windows)
    this.#originUs = windows[0]?.startUs ?? 0
    this.#blockUs = blockLengthUs((windows.at(-1)?.endUs ?? 0) - this.#originUs)
  }

  record({ intendedUs, publishedUs, receivedUs, lagUs }: Delivery): void {
    const latencyUs = receivedUs - intendedUs
    this.recent.note(latencyUs)
    if (!this.#isInWindow(intendedUs)) return
    const transitUs = publishedUs === null ? null : receivedUs - publishedUs
    if (latencyUs < 0 || (transitUs !== null && transitUs < 0)) {
      // Nothing arrives before it is sent: never its absolute value, never 0 in silence.
      this.#negatives++
      return
    }
    if (transitUs !== null) this.#transitUs.record(transitUs)
    // A message cannot have waited for the driver longer than it was on its way.
    const wholeUs = transitUs ?? latencyUs
    const addedUs = Math.min(lagUs, wholeUs)
    this.#lagUs.record(addedUs)
    this.#transitLessLagUs.record(wholeUs - addedUs)
    this.#blocks.record(Math.floor((intendedUs - this.#originUs) / this.#blockUs), latencyUs)
  }

  /** A client receives a message newer than the one it held; counted in every window, whenever the message was published. */
  renew(held: Held, intendedUs: number, receivedUs: number): void {
    this.#staleness.renew(held, intendedUs, receivedUs)
  }

  /**
   * Bytes that came from sockets since the last call, to be put down to the block of this moment. The last call of a window comes
   * when it is just over: what it brings belongs to the window's last block.
   */
  addBytes(us: number, bytes: number): void {
    const window = this.#windows.findLast(({ startUs }) => startUs <= us)
    if (window === undefined || bytes === 0) return
    this.#blocks.addBytes(Math.floor((Math.min(us, window.endUs - 1) - this.#originUs) / this.#blockUs), bytes)
  }

  finish(held: Iterable<Held>): Recorded {
    const endUs = this.#windows.at(-1)?.endUs ?? 0
    for (const client of held) this.#staleness.countTo(client, endUs)
    const { startAges, endAges, meanUs, observedUs } = this.#staleness
    const blocks = this.#blocks.finish()
    return {
      // Each latency is in one block, and is recorded once only: the hot path of a driver is here.
      latencyUs: mergeHistograms(blocks.map(({ latencyUs }) => latencyUs)).encode(),
      transitUs: this.#transitUs.count === 0 ? null : this.#transitUs.encode(),
      lagUs: this.#lagUs.encode(),
      transitLessLagUs: this.#transitLessLagUs.encode(),
      negatives: this.#negatives,
      blocks,
      blockLengthUs: this.#blockUs,
      staleness: { startAges: startAges.encode(), endAges: endAges.encode(), meanUs, observedUs },
    }
  }

  #isInWindow(us: number): boolean {
    for (const { startUs, endUs } of this.#windows) if (us >= startUs && us < endUs) return true
    return false
  }
}
