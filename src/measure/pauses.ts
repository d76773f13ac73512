import { type Clock, systemClock } from './clock.js'

const BEAT_MS = 50

/** Between two beats of a process that should beat every 50 ms. */
export interface Pause {
  fromUs: number
  toUs: number
}

/** Notes when this process did not get to run, as it happens when the machine is suspended or far too busy. */
export class PauseWatch {
  readonly pauses: Pause[] = []
  readonly #clock: Clock
  readonly #leastUs: number
  #lastUs: number
  readonly #timer: NodeJS.Timeout

  /** Gaps of more than `leastUs` are kept. */
  constructor(leastUs: number, clock: Clock = systemClock) {
    this.#leastUs = leastUs
    this.#clock = clock
    this.#lastUs = clock.nowUs()
    this.#timer = setInterval(() => this.beat(), BEAT_MS)
  }

  /** @internal for its test */
  beat(): void {
    const nowUs = this.#clock.nowUs()
    if (nowUs - this.#lastUs > this.#leastUs) this.pauses.push({ fromUs: this.#lastUs, toUs: nowUs })
    this.#lastUs = nowUs
  }

  stop(): void {
    this.beat()
    clearInterval(this.#timer)
  }
}
