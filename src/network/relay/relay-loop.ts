import type { Clock } from '../../measure/clock.js'
import { PollClock } from '../poll-clock.js'
import type { DelayLine, Travelling } from './delay-line.js'
import { Timetable } from './timetable.js'
import type { Waker } from './waker.js'

/** Writes before the loop reads again: what arrives meanwhile must not wait for a whole batch. */
const WRITES_PER_TURN = 64
/** Nearer than this the loop turns until the moment is there, reading on the way: waking up is not exact enough. */
const TURNING_US = 250
/** Of the time, at most so much is spent on turning; then the loop wakes up at its best guess. */
const TURNING_SHARE = 0.12
/**
 * Nothing is taken to have arrived longer than this before it was seen: on a machine that lets the relay wait for longer nobody knows, and nothing may
 * pass much sooner than the link allows.
 */
const MOST_WAITED_US = 3_000
/** How much of each new figure goes into a running one. */
const WEIGHT = 0.1

/** What a relay takes as read in one turn, before it knows how many there are. */
interface Read {
  line: DelayLine
  what: Travelling
}

/**
 * Stamps what is read, and writes it on when it is due.
 *
 * All that one poll brings has arrived between the poll before (or since the thread was first ready to run again) and its return, in order:
 * each is stamped with its part of that time. Where writing them takes longer than they took to arrive, the batch begins early by
 * half of the difference, so that the one in the middle is on time.
 */
export class RelayLoop {
  readonly timetable = new Timetable()
  readonly #clock: Clock
  readonly #polls: PollClock
  readonly #runDelayUs: () => number
  #waker: Waker | null = null
  #reads: Read[] = []
  #polledUs = 0
  #lagUs = 0
  #runDelaySeenUs = 0
  #isArmed = false
  /** Running measures: what a write costs, and by how much later than asked the waker wakes. */
  #writeUs = 6
  #wakeLateUs = 120
  #wakeAtUs = Number.POSITIVE_INFINITY
  #turningUs = 0
  #turnedAtUs = 0
  readonly #turn = () => this.#check()

  constructor(clock: Clock, runDelayUs: () => number, polls = new PollClock(clock)) {
    this.#clock = clock
    this.#polls = polls
    this.#runDelayUs = runDelayUs
    this.#runDelaySeenUs = runDelayUs()
  }

  set waker(waker: Waker) {
    this.#waker = waker
  }

  /** To be called at once when something was read. */
  arrived(line: DelayLine, what: Travelling): void {
    if (this.#reads.length === 0) {
      const { receivedUs, lagUs } = this.#polls.read()
      this.#polledUs = receivedUs
      this.#lagUs = lagUs
    }
    this.#reads.push({ line, what })
    this.#arm()
  }

  /** A line has changed otherwise: its receiver takes more, or a stall begins. */
  changed(line: DelayLine): void {
    this.timetable.update(line)
    this.#arm()
  }

  woken(): void {
    const nowUs = this.#clock.nowUs()
    const lateUs = nowUs - this.#wakeAtUs
    // What others kept it from is no property of the waker.
    if (lateUs >= 0 && lateUs < 2_000) this.#wakeLateUs += WEIGHT * (Math.min(lateUs, 600) - this.#wakeLateUs)
    this.#wakeAtUs = Number.POSITIVE_INFINITY
    this.#arm()
  }

  #arm(): void {
    if (this.#isArmed) return
    this.#isArmed = true
    setImmediate(this.#turn)
  }

  #check(): void {
    this.#isArmed = false
    if (this.#reads.length > 0) this.#stamp()
    else this.#polls.polledNothing()
    const beganUs = this.#clock.nowUs()
    const writes = this.timetable.releaseDue(beganUs, WRITES_PER_TURN)
    const nowUs = writes === 0 ? beganUs : this.#clock.nowUs()
    if (writes >= 8) this.#writeUs += WEIGHT * (Math.min(50, (nowUs - beganUs) / writes) - this.#writeUs)
    this.#runDelaySeenUs = this.#runDelayUs()
    this.#wait(nowUs, writes)
  }

  #stamp(): void {
    const reads = this.#reads
    this.#reads = []
    this.#polls.endPhase()
    const runDelayUs = this.#runDelayUs()
    const waitedUs = Math.min(MOST_WAITED_US, this.#lagUs + runDelayUs - this.#runDelaySeenUs)
    const stepUs = waitedUs / reads.length
    const earlyUs = Math.max(0, (reads.length - 1) * (this.#writeUs - stepUs)) / 2
    let arrivalUs = this.#polledUs - waitedUs + stepUs / 2
    for (const { line, what } of reads) {
      line.push(what, Math.round(arrivalUs), earlyUs)
      this.timetable.update(line)
      arrivalUs += stepUs
    }
  }

  #wait(nowUs: number, writes: number): void {
    const nextUs = this.timetable.nextUs
    if (nextUs === Number.POSITIVE_INFINITY) return this.#rest()
    const inUs = nextUs - nowUs
    if (inUs <= 0) return this.#arm()
    if (inUs < TURNING_US && this.#mayTurn(nowUs, writes)) return this.#arm()
    this.#wakeAtUs = nextUs - Math.min(inUs, this.#wakeLateUs + 30)
    this.#waker?.at(this.#wakeAtUs)
    this.#rest()
  }

  /** Counts the turns that wrote nothing, and forgets them over time. */
  #mayTurn(nowUs: number, writes: number): boolean {
    const sinceUs = Math.max(0, nowUs - this.#turnedAtUs)
    this.#turnedAtUs = nowUs
    if (writes === 0 && sinceUs < TURNING_US) this.#turningUs += sinceUs
    this.#turningUs = Math.max(0, this.#turningUs - sinceUs * TURNING_SHARE)
    return this.#turningUs < 20_000
  }

  #rest(): void {
    this.#polls.rest()
  }
}
