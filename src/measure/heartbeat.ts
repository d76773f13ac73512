import { type Clock, systemClock } from './clock.js'
import { Histogram } from './histogram.js'
import { Twin } from './twin.js'

/** Timers of a healthy process are late by up to this on a shared machine; what is beyond counts as time in which it did not run. */
const USUAL_LATENESS_US = 10e3

/** Told of a time in which the process did not run for `frozenUs`: some time between the beat before and the one that came late. */
type OnFrozen = (fromUs: number, toUs: number, frozenUs: number) => void

/**
 * A timer that knows when it should have fired. A process that is frozen while it waits for the kernel shows nowhere else:
 * its loop was idle, and its messages look as if the network had kept them.
 * Beats are due at times that do not move with the lateness of those before, like messages; where these are irregular too, their lateness is what a
 * message met that came at any time.
 * Lateness that the loop's own work explains is not counted: `driver.lagUs` has that.
 */
export class Heartbeat {
  readonly #gapUs: () => number
  readonly #clock: Clock
  readonly #workedUs: () => number
  readonly #onBeat: (() => void) | undefined
  readonly #onFrozen: OnFrozen | undefined
  readonly #sheets = new Twin(() => ({ latenessUs: new Histogram(), frozenUs: 0 }))
  #isCounted = false
  #dueUs = 0
  /** When the loop was asked to come: up to a millisecond after the beat is due, because its timers know nothing finer. */
  #askedUs = 0
  #armedUs = 0
  #timer: NodeJS.Timeout | undefined

  /** `gapUs` draws the time from one beat to the next; `workedUs` says for how long the loop has been at work without having slept. */
  constructor(gapUs: () => number, workedUs: () => number, onBeat?: () => void, clock: Clock = systemClock, onFrozen?: OnFrozen) {
    this.#gapUs = gapUs
    this.#onBeat = onBeat
    this.#onFrozen = onFrozen
    this.#clock = clock
    this.#workedUs = workedUs
  }

  /** Beats as in a window and counts nothing, until `start` or `stop`. */
  warmUp(): void {
    this.#begin(false)
  }

  /** Beats until `stop`; may be started again. */
  start(): void {
    this.#begin(true)
  }

  #begin(isCounted: boolean): void {
    clearTimeout(this.#timer)
    this.#isCounted = isCounted
    this.#dueUs = this.#clock.nowUs() + this.#gapUs()
    this.#arm()
  }

  /** Of one that does not beat it changes nothing. */
  stop(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    // A process that is frozen at the very end has its lateness too.
    const nowUs = this.#clock.nowUs()
    if (nowUs - this.#dueUs > USUAL_LATENESS_US) this.#note(nowUs)
  }

  /** So far: lateness beyond what timers usually have, in microseconds. */
  get frozenUs(): number {
    return Math.round(this.#sheets.counted.frozenUs)
  }

  /** Over all that was between `start` and `stop`; the histogram is HDR V2, base64. */
  report(): { latenessUs: string; frozenUs: number } {
    return { latenessUs: this.#sheets.counted.latenessUs.encode(), frozenUs: this.frozenUs }
  }

  #arm(): void {
    const nowUs = this.#clock.nowUs()
    const waitMs = Math.max(1, Math.ceil((this.#dueUs - nowUs) / 1e3))
    this.#armedUs = nowUs
    this.#askedUs = nowUs + waitMs * 1e3
    this.#timer = setTimeout(() => this.#beat(), waitMs)
  }

  #beat(): void {
    const nowUs = this.#clock.nowUs()
    // The loop's timers may come a little before their time.
    if (nowUs >= this.#dueUs) {
      this.#note(nowUs)
      if (this.#isCounted) this.#onBeat?.()
    }
    this.#arm()
  }

  /** The beat that was asked for, and those that have become due since. */
  #note(nowUs: number): void {
    const workedUs = this.#workedUs()
    const unexplainedUs = (sinceUs: number) => Math.max(0, nowUs - sinceUs - workedUs)
    const sheet = this.#sheets.of(this.#isCounted)
    const firstUs = unexplainedUs(this.#askedUs)
    const frozenUs = Math.max(0, firstUs - USUAL_LATENESS_US)
    sheet.frozenUs += frozenUs
    if (frozenUs > 0 && this.#isCounted) this.#onFrozen?.(this.#armedUs, nowUs, frozenUs)
    sheet.latenessUs.record(firstUs)
    for (this.#dueUs += this.#gapUs(); this.#dueUs <= nowUs; this.#dueUs += this.#gapUs())
      sheet.latenessUs.record(unexplainedUs(this.#dueUs))
  }
}
