import { type Arrival, PollClock } from './poll-clock.js'

/** A poll phase with no more reads than this is no burst: its bytes are handled at once. */
const FEW_READS = 4
/** Chunks that are handled before the kernel is asked again, so that what arrives meanwhile does not wait long. */
const CHUNKS_PER_TURN = 32
/** Chunks that may be waiting to be handled; beyond this, handling comes before reading. */
const MOST_WAITING = 16_384
/** What one read takes from a socket at most. */
const READ_BYTES = 1 << 16

/** Whoever the bytes are for. */
export interface Receiver {
  deliver(chunk: Buffer, arrival: Arrival): void
}

interface Waiting {
  socket: Receiver
  chunk: Buffer
  arrival: Arrival
}

/**
 * Reads first, handles later. While a burst comes in, a driver only takes bytes from sockets and notes when they arrived;
 * parsing, ledger and histograms come when the kernel has no more. So a message waits in the kernel for as short
 * as can be, and what the driver adds to its latency (`lagUs`) stays far below what the server needs for the burst.
 */
export class Intake {
  readonly pollClock: PollClock
  /** Bytes go here first; all sockets share it, because each read is copied out before the next. */
  readonly buffer = Buffer.allocUnsafeSlow(READ_BYTES)
  #waiting: Waiting[] = []
  #handled = 0
  #readsOfPhase = 0
  #isArmed = false
  readonly #check = () => this.#endPhase()

  constructor(pollClock: PollClock = new PollClock()) {
    this.pollClock = pollClock
  }

  /** Takes what was just read into `buffer`. */
  take(socket: Receiver, length: number): void {
    const arrival = this.pollClock.read()
    this.#readsOfPhase++
    const chunk = Buffer.allocUnsafe(length)
    this.buffer.copy(chunk, 0, 0, length)
    this.#waiting.push({ socket, chunk, arrival })
    if (!this.#isArmed) {
      this.#isArmed = true
      setImmediate(this.#check)
    }
  }

  /** Hands a socket's waiting bytes on at once, because its end comes after them. */
  flush(socket: Receiver): void {
    for (let index = this.#handled; index < this.#waiting.length; index++) {
      const waiting = this.#waiting[index]
      if (waiting?.socket !== socket) continue
      this.#waiting[index] = { ...waiting, chunk: EMPTY }
      socket.deliver(waiting.chunk, waiting.arrival)
    }
  }

  #endPhase(): void {
    const reads = this.#readsOfPhase
    this.#readsOfPhase = 0
    if (reads > 0) this.pollClock.endPhase()
    else this.pollClock.polledNothing()
    const isBurst = reads > FEW_READS && this.#waiting.length - this.#handled < MOST_WAITING
    if (!isBurst) this.#handle()
    this.#isArmed = this.#waiting.length > 0
    if (this.#isArmed) setImmediate(this.#check)
  }

  #handle(): void {
    const end = Math.min(this.#handled + CHUNKS_PER_TURN, this.#waiting.length)
    while (this.#handled < end) {
      const { socket, chunk, arrival } = this.#waiting[this.#handled++] as Waiting
      if (chunk.length > 0) socket.deliver(chunk, arrival)
    }
    if (this.#handled === this.#waiting.length) {
      this.#waiting = []
      this.#handled = 0
    }
  }
}

const EMPTY = Buffer.alloc(0)
