import { performance } from 'node:perf_hooks'
import { type Clock, systemClock } from './clock.js'
import { Histogram } from './histogram.js'

const BEAT_US = 20e3
/** Timers of a healthy process are late by up to this on a shared machine; what is beyond counts as time in which it did not run. */
const USUAL_LATENESS_US = 10e3

/**
 * A timer that knows when it should have fired. A process that is frozen while it waits for the kernel shows nowhere else:
 * its loop was idle, and its messages look as if the network had kept them.
 * Lateness that the loop's own work explains is not counted: `driver.lagUs` has that.
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #idleUs: () => number
  readonly #onBeat: (() => void) | undefined
  readonly #latenessUs = new Histogram()
  #frozenUs = 0
  #dueUs = 0
  #lastIdleUs = 0
  #lastUs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(
    onBeat?: () => void,
    clock: Clock = systemClock,
    idleUs: () => number = () => performance.nodeTiming.idleTime * 1e3,
  ) {
    this.#onBeat = onBeat
    this.#clock = clock
    this.#idleUs = idleUs
  }

  start(): void {
    this.#latenessUs.reset()
    this.#frozenUs = 0
    this.#lastUs = this.#clock.nowUs()
    this.#lastIdleUs = this.#idleUs()
    this.#arm(this.#lastUs + BEAT_US)
  }

  stop(): { latenessUsP99: number | null; frozenUs: number } {
    clearTimeout(this.#timer)
    // A process that is frozen at the very end has its lateness too.
    const nowUs = this.#clock.nowUs()
    if (nowUs - this.#dueUs > USUAL_LATENESS_US) this.#note(nowUs)
    return {
      latenessUsP99: this.#latenessUs.count === 0 ? null : this.#latenessUs.percentile(99),
      frozenUs: Math.round(this.#frozenUs),
    }
  }

  #arm(dueUs: number): void {
    this.#dueUs = dueUs
    this.#timer = setTimeout(() => this.#beat(), Math.max(1, (dueUs - this.#clock.nowUs()) / 1e3))
  }

  #beat(): void {
    const nowUs = this.#clock.nowUs()
    if (nowUs < this.#dueUs) return this.#arm(this.#dueUs)
    this.#note(nowUs)
    this.#onBeat?.()
    this.#arm(nowUs + BEAT_US)
  }

  #note(nowUs: number): void {
    const idleUs = this.#idleUs()
    const busyUs = nowUs - this.#lastUs - (idleUs - this.#lastIdleUs)
    const unexplainedUs = Math.max(0, nowUs - this.#dueUs - busyUs)
    this.#latenessUs.record(unexplainedUs)
    this.#frozenUs += Math.max(0, unexplainedUs - USUAL_LATENESS_US)
    this.#lastUs = nowUs
    this.#lastIdleUs = idleUs
  }
}
