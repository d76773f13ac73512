import { performance } from 'node:perf_hooks'
import { type Clock, systemClock } from '../measure/clock.js'

/** When bytes arrived. */
export interface Arrival {
  /** When the poll that brought them returned, in microseconds of the clock. */
  receivedUs: number
  /** When they were read: later than the poll by the socket's place in its queue. */
  readUs: number
  /** How long the loop had been busy before that poll: the most that the driver can have added. */
  lagUs: number
  /** Where they had to be asked for: the request that brought them. */
  asked?: Asked
}

/** A request that the driver may have sent late: what is published after `dueUs` then waited for it. */
export interface Asked {
  dueUs: number
  sentUs: number
}

/** A poll that finds something waiting takes some microseconds too; one that lasts longer than this has slept. */
const LEAST_SLEEP_US = 20

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
  #receivedUs = 0
  #lagUs = 0
  #readsOfPoll = EVENTS_PER_POLL
  /** A moment at which the loop is known to have come from a poll. */
  #polledUs: number
  #polledIdleUs: number
  /** What the loop did before that poll, as far as it may have kept anything waiting. */
  #beforeUs = 0
  /** A moment at which the loop is known to have had nothing left to do. */
  #restUs = 0

  constructor(clock: Clock = systemClock, idleUs: () => number = loopIdleUs) {
    this.#clock = clock
    this.#idleUs = idleUs
    this.#polledUs = clock.nowUs()
    this.#polledIdleUs = idleUs()
  }

  nowUs(): number {
    return this.#clock.nowUs()
  }

  /** To be called first of all at each read: when what it brings arrived. */
  read(): Arrival {
    const readUs = this.#clock.nowUs()
    if (++this.#readsOfPoll > EVENTS_PER_POLL) {
      const idleUs = this.#idleUs()
      this.#lagUs = this.#busyUs(readUs, idleUs)
      this.#beforeUs = this.#lagUs
      this.#receivedUs = readUs
      this.#polledUs = readUs
      this.#polledIdleUs = idleUs
      this.#readsOfPoll = 1
    }
    return { receivedUs: this.#receivedUs, readUs, lagUs: this.#lagUs }
  }

  /** To be called in the check phase, which comes right after the poll phase, whenever that phase had a read. */
  endPhase(): void {
    this.#readsOfPoll = EVENTS_PER_POLL
  }

  /** To be called in the check phase after a poll phase that brought nothing: what arrives from now on has not waited. */
  polledNothing(): void {
    const nowUs = this.#clock.nowUs()
    const idleUs = this.#idleUs()
    this.#beforeUs = this.#busyUs(nowUs, idleUs)
    this.#polledUs = nowUs
    this.#polledIdleUs = idleUs
  }

  /**
   * For how long the loop has been at work by now without having slept, by its timers' phase: as much of a timer's lateness is explained by that. What is not is
   * time in which the process did not run.
   */
  workedUs(): number {
    const nowUs = this.#clock.nowUs()
    const idleUs = this.#idleUs()
    const hasSlept = idleUs - this.#polledIdleUs > LEAST_SLEEP_US
    return this.#busyUs(nowUs, idleUs) + (hasSlept ? 0 : this.#beforeUs)
  }

  /** To be called when, as far as is known, there is nothing left to do but to wait in poll. */
  rest(): void {
    this.#restUs = this.#clock.nowUs()
  }

  /**
   * To be called when a timer fires. If the loop has waited in poll since it was last known to poll, no message has been waiting for it
   * since before that. It may have: timers that are not ours come first now and then, and what they took is between that poll and this moment.
   */
  woken(): void {
    const idleUs = this.#idleUs()
    if (idleUs - this.#polledIdleUs <= LEAST_SLEEP_US) return
    const nowUs = this.#clock.nowUs()
    this.#polledUs = nowUs - this.#busyUs(nowUs, idleUs)
    this.#polledIdleUs = idleUs
    this.#beforeUs = 0
  }

  /** For how long the loop has been at work since the poll, as far as anything that arrived may have waited for it. */
  #busyUs(nowUs: number, idleUs: number): number {
    const waitedUs = idleUs - this.#polledIdleUs
    // Where the loop has slept since, what it did before that kept nothing waiting: a message would have ended the sleep.
    const sinceUs = waitedUs > LEAST_SLEEP_US ? Math.max(this.#polledUs, this.#restUs) : this.#polledUs
    return Math.max(0, Math.round(nowUs - sinceUs - waitedUs))
  }
}

/** Time that this thread's loop has spent waiting in poll, in microseconds. */
function loopIdleUs(): number {
  return performance.nodeTiming.idleTime * 1e3
}

/** The most that the driver can have added to a message published at that time: by reading it late, and by asking for it late. */
export function addedUs({ lagUs, asked }: Arrival, publishedUs: number): number {
  if (asked === undefined) return lagUs
  return lagUs + Math.max(0, asked.sentUs - Math.max(asked.dueUs, publishedUs))
}

/**
 * The best that is known of when a message arrived that was not there before `notBeforeUs`. Usually that is when the poll returned; but a
 * phase may last, and what was published after the poll and still read in its phase cannot have been waiting for it.
 */
export function arrivedUs({ receivedUs, readUs }: Arrival, notBeforeUs: number): number {
  return notBeforeUs > receivedUs ? readUs : receivedUs
}
