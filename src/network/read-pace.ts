import type { Clock, Timer, Timers } from '../measure/clock.js'

/** How often a slow reader may read. */
const TICK_US = 100e3
/** What one read takes from a socket at most, whatever the pace. */
const LARGEST_READ_BYTES = 1 << 16

/** What all slow readers of a driver share. */
export interface SlowReading {
  /** Of each of them. */
  bytesPerSec: number
  clock: Clock
  timers: Timers
  /** Bytes that they have read so far, all together. */
  readBytes: number
}

/**
 * The pace at which one socket is read: an allowance at each tick of absolute time. What is read beyond it (a read takes what is there) is a debt that
 * later ticks pay; what is not used is lost, since who has nothing to read gets no faster by that. While a read is held back nothing is lost,
 * however late the timer comes, so that a reader with enough to read comes out at its rate.
 */
export class ReadPace {
  /** For the buffer of one read. */
  readonly largestReadBytes: number
  /** No read may begin now; `onResume` is called when one may. */
  isHeld = false
  onResume: () => void = () => {}
  readonly #reading: SlowReading
  readonly #originUs: number
  readonly #bytesPerTick: number
  #tick = 0
  #allowedBytes: number
  #timer: Timer | undefined

  constructor(reading: SlowReading) {
    this.#reading = reading
    this.#originUs = reading.clock.nowUs()
    this.#bytesPerTick = (reading.bytesPerSec * TICK_US) / 1e6
    this.#allowedBytes = this.#bytesPerTick
    this.largestReadBytes = Math.max(1, Math.min(LARGEST_READ_BYTES, Math.floor(this.#bytesPerTick)))
  }

  /** To be called after each read. Whether another may follow at once. */
  read(bytes: number): boolean {
    this.#reading.readBytes += bytes
    this.#allow(this.#bytesPerTick)
    this.#allowedBytes -= bytes
    if (this.#allowedBytes > 0) return true
    this.#hold()
    return false
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** Adds what the ticks since the last call allow, but not to more than `mostBytes`. */
  #allow(mostBytes: number): void {
    const tick = Math.floor((this.#reading.clock.nowUs() - this.#originUs) / TICK_US)
    const addedBytes = (tick - this.#tick) * this.#bytesPerTick
    this.#tick = tick
    this.#allowedBytes = Math.max(this.#allowedBytes, Math.min(mostBytes, this.#allowedBytes + addedBytes))
  }

  /** Until the first tick at which the debt is paid and something is allowed. */
  #hold(): void {
    this.isHeld = true
    const ticks = Math.floor(-this.#allowedBytes / this.#bytesPerTick) + 1
    const dueUs = this.#originUs + (this.#tick + ticks) * TICK_US
    this.#timer?.cancel()
    this.#timer = this.#reading.timers.at(dueUs, () => {
      this.#allow(Number.POSITIVE_INFINITY)
      if (this.#allowedBytes <= 0) return this.#hold()
      this.isHeld = false
      this.onResume()
    })
  }
}
