import type { Clock } from '../measure/clock.js'
import type { Codec } from './codec.js'
import type { Schedule } from './schedule.js'
import type { MessageSource } from './source.js'

/** Where a publisher puts its messages: a log, a POST, a socket. Recorded in the result by its name. */
export interface Outlet {
  name: string
  publish(text: Buffer, position: number): void
}

/** Wakes the publisher at or after the times it is asked for, from outside the event loop, whose timers are late. */
export interface Metronome {
  /** `onDue` is called some time after each moment of the schedule, once for several if the loop was busy. */
  start(epochUs: number, untilUs: number, onDue: () => void): void
  stop(): Promise<void>
}

export interface PublisherParts {
  schedule: Schedule
  source: MessageSource
  codec: Codec
  outlet: Outlet
  clock: Clock
  metronome: Metronome
  /** Called after each message with both its times. */
  onPublished(position: number, intendedUs: number, publishedUs: number): void
  /** Runs a callback in a later turn of the event loop. */
  later?(callback: () => void): void
}

/**
 * Publishes each message at its intended time, or as soon after it as it can: open loop. After a stall it publishes all that has
 * become due, but lets the event loop turn after every message, or the server would be deaf to its clients for as long as it takes.
 */
export class Publisher {
  readonly #parts: Required<PublisherParts>
  #epochUs = 0
  #untilUs = 0
  #position = 0
  #isPumping = false
  #isStopped = false

  constructor(parts: PublisherParts) {
    this.#parts = { later: setImmediate, ...parts }
  }

  /** Publishes what is due from `epochUs`, the schedule's zero, to before `untilUs`. */
  start(epochUs: number, untilUs: number): void {
    this.#epochUs = epochUs
    this.#untilUs = untilUs
    this.#parts.metronome.start(epochUs, untilUs, () => {
      if (!this.#isPumping) this.#pump()
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#parts.metronome.stop()
  }

  #pump(): void {
    const { schedule, clock, later } = this.#parts
    const intendedUs = this.#epochUs + schedule.offsetUs(this.#position + 1)
    this.#isPumping = !this.#isStopped && intendedUs < this.#untilUs && intendedUs <= clock.nowUs()
    if (!this.#isPumping) return
    this.#publish(++this.#position, intendedUs)
    later(() => this.#pump())
  }

  #publish(position: number, intendedUs: number): void {
    const { source, codec, outlet, clock, onPublished } = this.#parts
    const publishedUs = clock.nowUs()
    outlet.publish(codec.encode(source.message(position, intendedUs, publishedUs)), position)
    onPublished(position, intendedUs, publishedUs)
  }
}
