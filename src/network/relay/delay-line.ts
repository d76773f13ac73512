import type { LinkDelays } from './link-delays.js'

/** What travels: bytes, or how a side ended, which arrives after all that was sent before. */
export type Travelling = Buffer | 'end' | 'reset'

export interface Parcel {
  what: Travelling
  bytes: number
  arrivalUs: number
  /** By the link alone; `releaseUs` is when the relay begins to write it, a little earlier where it comes with many others. */
  dueUs: number
  releaseUs: number
}

/** In the place of one that was handed on. */
const GONE: Parcel = { what: 'end', bytes: 0, arrivalUs: 0, dueUs: 0, releaseUs: 0 }

/** Where a line ends. */
export interface Outlet {
  /** Takes what has arrived; `false`: nothing more until `resume`. */
  deliver(parcel: Parcel, wasHeld: boolean): boolean
}

/** One direction of one connection: what is on its way, in order. */
export class DelayLine {
  readonly #delays: LinkDelays
  readonly #outlet: Outlet
  /** Set by the timetable: its place in the heap, -1 where it is not there. */
  place = -1
  #parcels: Parcel[] = []
  #first = 0
  #bytes = 0
  #isBlocked = false
  #stalledUntilUs = 0
  /** What is due before this has waited for a receiver that took nothing, or for the end of a stall. */
  #heldUntilUs = 0

  constructor(delays: LinkDelays, outlet: Outlet) {
    this.#delays = delays
    this.#outlet = outlet
  }

  /** On the line, and not yet written. */
  get bytes(): number {
    return this.#bytes
  }

  /** When the first is to be written; infinity where there is none, or it cannot be. */
  get nextUs(): number {
    if (this.#isBlocked || this.#first === this.#parcels.length) return Number.POSITIVE_INFINITY
    return Math.max((this.#parcels[this.#first] as Parcel).releaseUs, this.#stalledUntilUs)
  }

  /** `earlyUs`: how much sooner than due it is to be written. */
  push(what: Travelling, arrivalUs: number, earlyUs: number): void {
    const bytes = typeof what === 'string' ? 0 : what.length
    const dueUs = this.#delays.dueUs(arrivalUs, bytes)
    this.#parcels.push({ what, bytes, arrivalUs, dueUs, releaseUs: Math.max(arrivalUs, dueUs - earlyUs) })
    this.#bytes += bytes
  }

  /** Hands the first on. */
  release(): void {
    const parcel = this.#parcels[this.#first] as Parcel
    // Not kept until there is a new list: a few parcels a line are gigabytes over thousands of lines.
    this.#parcels[this.#first++] = GONE
    if (this.#first === this.#parcels.length) this.#empty()
    else if (this.#first > 64 && this.#first * 2 > this.#parcels.length) {
      this.#parcels = this.#parcels.slice(this.#first)
      this.#first = 0
    }
    this.#bytes -= parcel.bytes
    const dueUs = Math.max(parcel.dueUs, this.#stalledUntilUs)
    const wasHeld = parcel.dueUs < this.#heldUntilUs
    this.#isBlocked = !this.#outlet.deliver(dueUs === parcel.dueUs ? parcel : { ...parcel, dueUs }, wasHeld)
  }

  /** The outlet takes more. */
  resume(nowUs: number): void {
    this.#isBlocked = false
    this.#heldUntilUs = nowUs
  }

  /** Nothing leaves before that. */
  stall(untilUs: number): void {
    this.#stalledUntilUs = Math.max(this.#stalledUntilUs, untilUs)
  }

  /** Forgets what is on its way; whether there was anything. */
  clear(): boolean {
    const had = this.#first < this.#parcels.length
    this.#empty()
    this.#bytes = 0
    return had
  }

  #empty(): void {
    this.#parcels = []
    this.#first = 0
  }
}
