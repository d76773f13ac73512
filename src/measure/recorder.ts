import type { StalenessShard } from '../model/shard.js'
import type { TrialWindow } from '../model/trial.js'
import { type Block, blockLengthUs } from './blocks.js'
import { type Delivery, DeliverySheet } from './delivery-sheet.js'
import { mergeHistograms } from './histogram.js'
import { Recent } from './recent.js'
import { type Held, Staleness } from './staleness.js'
import { isWithin, Twin } from './twin.js'

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
  readonly #sheets = new Twin(() => new DeliverySheet())
  readonly #staleness = new Staleness()
  #windows: readonly TrialWindow[] = []
  #originUs = 0
  #blockUs = 1

  open(windows: readonly TrialWindow[]): void {
    this.#windows = windows
    this.#staleness.open(windows)
    this.#originUs = windows[0]?.startUs ?? 0
    this.#blockUs = blockLengthUs((windows.at(-1)?.endUs ?? 0) - this.#originUs)
  }

  record(delivery: Delivery): void {
    this.recent.note(delivery.receivedUs - delivery.intendedUs)
    const isCounted = isWithin(this.#windows, delivery.intendedUs)
    const block = this.#blockAt(delivery.intendedUs)
    // What is not counted needs no more than two blocks; one alone would never be followed by a new one.
    this.#sheets.of(isCounted).record(delivery, isCounted ? block : block % 2)
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
    this.#sheets.counted.blocks.addBytes(this.#blockAt(Math.min(us, window.endUs - 1)), bytes)
  }

  finish(held: Iterable<Held>): Recorded {
    const endUs = this.#windows.at(-1)?.endUs ?? 0
    for (const client of held) this.#staleness.countTo(client, endUs)
    const { startAges, endAges, meanUs, observedUs } = this.#staleness
    const { transitUs, lagUs, transitLessLagUs, negatives, blocks: inBlocks } = this.#sheets.counted
    const blocks = inBlocks.finish()
    return {
      // Each latency is in one block, and is recorded once only: the hot path of a driver is here.
      latencyUs: mergeHistograms(blocks.map(({ latencyUs }) => latencyUs)).encode(),
      transitUs: transitUs.count === 0 ? null : transitUs.encode(),
      lagUs: lagUs.encode(),
      transitLessLagUs: transitLessLagUs.encode(),
      negatives,
      blocks,
      blockLengthUs: this.#blockUs,
      staleness: { startAges: startAges.encode(), endAges: endAges.encode(), meanUs, observedUs },
    }
  }

  #blockAt(us: number): number {
    return Math.floor((us - this.#originUs) / this.#blockUs)
  }
}
