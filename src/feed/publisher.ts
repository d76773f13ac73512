import type { Clock } from '../measure/clock.js'
import type { Codec } from './codec.js'
import type { Schedule } from './schedule.js'
import type { MessageSource } from './source.js'

/** Where a publisher puts its messages: a log, a POST, a socket. Recorded in the result by its name. */
export interface Outlet {
  name: string
  publish(text: Buffer, position: number): void
  /** Whether it takes a message now; absent: always. One that cannot calls `resume` of its publisher when it can again. */
  canTake?(): boolean
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
  /** Called after each message with both its times; `isHeldUp`: it was due before the outlet could take it, which is no lateness of the publisher's own. */
  onPublished(position: number, intendedUs: number, publishedUs: number, isHeldUp: boolean): void
  /** Runs a callback in a later turn of the event loop. */
  later?(callback: () => void): void
}

/** Of a larger burst the rest follows in the next turn. */
const LARGEST_BURST = 1_000

/**
 * Publishes each message at its intended time, or as soon after it as it can: open loop. After a stall it publishes all that has
 * become due, but lets the event loop turn after every message, or the server would be deaf to its clients for as long as it takes.
 */
export class Publisher {
  readonly #parts: Required<PublisherParts>
  #epochUs = 0
  #untilUs = 0
  #position = 0
  /** Whether the outlet could not take what was due, and until when that was so. */
  #isHeldUp = false
  #heldUntilUs = Number.NEGATIVE_INFINITY
  #isPumping = false
  /** Publishing reaches subscribers, whose requests must not publish in their turn. */
  #isPublishing = false
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

  /** For an outlet that could not take what was due, and can now. */
  resume(): void {
    if (!this.#isPumping && !this.#isPublishing) this.#pump()
  }

  /**
   * Publishes at once what is due, for `budgetUs` at most; the rest goes on turn by turn. For a server about to answer: after a stall
   * requests and messages are due together, and an answer must not miss a message only because its request was read first.
   */
  publishDue(budgetUs: number): void {
    if (this.#isPublishing) return
    const endUs = this.#parts.clock.nowUs() + budgetUs
    let isMore = true
    while (isMore && this.#parts.clock.nowUs() < endUs) isMore = this.#publishNext()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#parts.metronome.stop()
  }

  /** Messages that are due at the same microsecond are one burst, and go out in one turn, as an application would publish them. */
  #pump(): void {
    const { schedule } = this.#parts
    const dueUs = schedule.offsetUs(this.#position + 1)
    let published = 0
    let wasDue: boolean
    do wasDue = this.#publishNext()
    while (wasDue && ++published < LARGEST_BURST && schedule.offsetUs(this.#position + 1) === dueUs)
    // A turn for nothing costs as much as several deliveries.
    this.#isPumping = wasDue && this.#isNextDue()
    if (this.#isPumping) this.#parts.later(() => this.#pump())
  }

  #isNextDue(): boolean {
    const intendedUs = this.#epochUs + this.#parts.schedule.offsetUs(this.#position + 1)
    return intendedUs < this.#untilUs && intendedUs <= this.#parts.clock.nowUs()
  }

  /** Publishes the next message if it is due. Whether it was. */
  #publishNext(): boolean {
    const { schedule, outlet } = this.#parts
    if (this.#isStopped || !this.#isNextDue()) return false
    const intendedUs = this.#epochUs + schedule.offsetUs(this.#position + 1)
    if (outlet.canTake?.() === false) {
      this.#isHeldUp = true
      return false
    }
    this.#isPublishing = true
    this.#publish(++this.#position, intendedUs)
    this.#isPublishing = false
    return true
  }

  #publish(position: number, intendedUs: number): void {
    const { source, codec, outlet, clock, onPublished } = this.#parts
    const publishedUs = clock.nowUs()
    outlet.publish(codec.encode(source.message(position, intendedUs, publishedUs)), position)
    if (this.#isHeldUp) this.#heldUntilUs = publishedUs
    this.#isHeldUp = false
    onPublished(position, intendedUs, publishedUs, intendedUs <= this.#heldUntilUs)
  }
}
