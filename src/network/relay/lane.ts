import type { Socket } from 'node:net'
import type { LinkDirection } from '../../model/network.js'
import type { Allowance } from './allowance.js'
import { DelayLine, type Outlet, type Parcel, type Travelling } from './delay-line.js'
import type { LinkDelays } from './link-delays.js'
import type { RelayLoop } from './relay-loop.js'
import type { RelayMeter } from './relay-meter.js'

/** What all lanes of a relay share. */
export interface Surroundings {
  loop: RelayLoop
  meter: RelayMeter
  allowance: Allowance
  nowUs(): number
}

/** One direction of a connection: reads from one socket, and writes to the other what has come through the line. */
export class Lane implements Outlet {
  readonly line: DelayLine
  readonly #direction: LinkDirection
  readonly #source: Socket
  readonly #target: Socket
  readonly #around: Surroundings
  #heldBytes = 0
  #isPaused = false
  /** What comes is swallowed. */
  #isBlackhole = false
  #hasLost = false

  constructor(direction: LinkDirection, source: Socket, target: Socket, delays: LinkDelays, around: Surroundings) {
    this.line = new DelayLine(delays, this)
    this.#direction = direction
    this.#source = source
    this.#target = target
    this.#around = around
    source.once('end', () => this.take('end'))
    source.once('close', (hadError) => {
      if (hadError || !source.readableEnded) this.take('reset')
    })
    target.on('drain', () => {
      this.line.resume(around.nowUs())
      this.#account()
      around.loop.changed(this.line)
    })
    target.once('close', () => this.#forget())
  }

  /** Bytes were swallowed, which no TCP would leave at that: the connection cannot go on. */
  get hasLost(): boolean {
    return this.#hasLost
  }

  take(what: Travelling): void {
    if (this.#isBlackhole || this.#target.destroyed) {
      this.#hasLost ||= this.#isBlackhole
      return
    }
    this.#hold(typeof what === 'string' ? 0 : what.length)
    this.#around.loop.arrived(this.line, what)
  }

  deliver({ what, arrivalUs, dueUs, bytes }: Parcel, wasHeld: boolean): boolean {
    const target = this.#target
    if (target.destroyed) return true
    if (what === 'end') target.end()
    else if (what === 'reset') target.resetAndDestroy()
    else {
      const takesMore = target.write(what)
      // What lay there because nobody took it, or a stall was on, is no lateness of the relay's.
      this.#around.meter.record(this.#direction, arrivalUs, wasHeld ? null : dueUs)
      this.#hold(-bytes)
      this.#account()
      return takesMore || target.writableLength === 0
    }
    return true
  }

  swallow(isBlackhole: boolean): void {
    this.#isBlackhole = isBlackhole
    if (!isBlackhole) return
    // What an earlier one has swallowed stays lost.
    if (this.line.clear()) this.#hasLost = true
    this.#around.loop.changed(this.line)
    this.#account()
  }

  #forget(): void {
    this.line.clear()
    this.#around.loop.changed(this.line)
    this.#account()
    // Its sender may go on until it hears of the end: that is read, and goes nowhere.
    if (this.#isPaused) this.#source.resume()
    this.#isPaused = false
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes
    this.#around.allowance.add(bytes)
    if (bytes > 0) this.#throttle()
  }

  /** What is on the line, and what the receiver's socket has not taken yet. */
  #account(): void {
    const heldBytes = this.line.bytes + this.#target.writableLength
    this.#around.allowance.add(heldBytes - this.#heldBytes)
    this.#heldBytes = heldBytes
    this.#throttle()
  }

  #throttle(): void {
    const most = this.#around.allowance.bytes
    if (!this.#isPaused && this.#heldBytes >= most) {
      this.#isPaused = true
      this.#source.pause()
    } else if (this.#isPaused && this.#heldBytes <= most / 2) {
      this.#isPaused = false
      this.#source.resume()
    }
  }
}
