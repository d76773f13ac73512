import { performance } from 'node:perf_hooks'
import { type Clock, systemClock } from '../measure/clock.js'

/** When bytes were received, shared by all that one poll of the kernel brought. */
export interface Arrival {
  /** When the poll returned, in microseconds of the clock. */
  receivedUs: number
  /** How long the loop had been busy before that poll: the most that the driver can have added. */
  lagUs: number
}

/** libuv handles so many events per call of epoll before it asks the kernel again. */
const EVENTS_PER_POLL = 1_024

/**
 * Tells when the poll that brought the bytes at hand returned.
 *
 * A driver with 1,000 clients reads them one after another; were each message stamped when its handler runs, it would be charged
 * for its place in that queue. So all reads of one poll phase share an arrival, taken at the first of them (and a new one
 * after each 1,024, libuv's batch). What the loop did since the poll before is `lagUs`: a message may have arrived at any time
 * during that.
 */
export class PollClock {
  readonly #clock: Clock
  readonly #idleUs: () => number
  /** Of the bytes that are being read now. */
  arrival: Arrival = { receivedUs: 0, lagUs: 0 }
  #readsOfPoll = EVENTS_PER_POLL
  /** A moment at which the loop is known to have come from a poll. */
  #polledUs: number
  #polledIdleUs: number

  constructor(clock: Clock = systemClock, idleUs: () => number = loopIdleUs) {
    this.#clock = clock
    this.#idleUs = idleUs
    this.#polledUs = clock.nowUs()
    this.#polledIdleUs = idleUs()
  }

  /** To be called first of all at each read. Whether it began a new arrival. */
  read(): boolean {
    if (++this.#readsOfPoll <= EVENTS_PER_POLL) return false
    const receivedUs = this.#clock.nowUs()
    const idleUs = this.#idleUs()
    this.arrival = { receivedUs, lagUs: Math.max(0, Math.round(receivedUs - this.#polledUs - (idleUs - this.#polledIdleUs))) }
    this.#polledUs = receivedUs
    this.#polledIdleUs = idleUs
    this.#readsOfPoll = 1
    return true
  }

  /** To be called in the check phase, which comes right after the poll phase, whenever that phase had a read. */
  endPhase(): void {
    this.#readsOfPoll = EVENTS_PER_POLL
  }

  /** To be called in the check phase after a poll phase that brought nothing: what arrives from now on has not waited. */
  polledNothing(): void {
    this.#polledUs = this.#clock.nowUs()
    this.#polledIdleUs = this.#idleUs()
  }

  /**
   * To be called when a timer fires. If the loop has waited in poll since it was last known to poll, it has just come from there,
   * and no message has been waiting for it any longer than from now on.
   */
  woken(): void {
    const idleUs = this.#idleUs()
    if (idleUs > this.#polledIdleUs) {
      this.#polledUs = this.#clock.nowUs()
      this.#polledIdleUs = idleUs
    }
  }
}

/** Time that this thread's loop has spent waiting in poll, in microseconds. */
function loopIdleUs(): number {
  return performance.nodeTiming.idleTime * 1e3
}
