import { type Arrival, PollClock } from './poll-clock.js'

/** For how long chunks are handled before the kernel is asked again, so that what arrives meanwhile does not wait long. */
const HANDLING_US = 50
/**
 * A poll phase with so few reads has left hardly anything in the kernel: chunks are handled at once, without asking it for more first. As many as
 * come in while chunks are handled for 50 us, so that a steady burst costs no turn of the loop for each of its messages.
 */
const FEW_READS = 16
/** How many may go, in one turn, to readers that do their work only when this turn's callback has returned. */
const LATE_READERS_PER_TURN = 4
/** Chunks, and their bytes, that may be waiting to be handled; beyond this, handling comes before reading. */
const MOST_WAITING = 16_384
const MOST_WAITING_BYTES = 64 << 20
/** How long handling may be put off for reading: a client that answers must not be kept from it by others' bytes. */
const LONGEST_WAIT_US = 1_000
/** Slots of handled chunks that are kept until the queue is cut: a driver that is never idle must not keep them all. */
const MOST_HANDLED = 1_024
/** What one read takes from a socket at most. */
const READ_BYTES = 1 << 16
const SLAB_BYTES = 1 << 16

/** Whoever the bytes are for. */
export interface Receiver {
  /** Whether they have been dealt with when this returns; else their reader comes later in this turn. */
  deliver(chunk: Buffer, arrival: Arrival): boolean
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
  /** Where copies go one after another. Buffer's own pool makes a new one for each 8 KiB. */
  #slab = Buffer.alloc(0)
  #slabBytes = 0
  #waiting: Waiting[] = []
  #handled = 0
  #waitingBytes = 0
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
    this.#waiting.push({ socket, chunk: this.#copy(length), arrival })
    this.#waitingBytes += length
    if (!this.#isArmed) {
      this.#isArmed = true
      setImmediate(this.#check)
    }
  }

  /** Hands a socket's waiting bytes on at once, because its end comes after them. */
  flush(socket: Receiver): void {
    for (let index = this.#handled; index < this.#waiting.length; index++) {
      const waiting = this.#waiting[index]
      // A chunk that is handed on may end its socket, and so come here again.
      if (waiting?.socket !== socket || waiting.chunk === EMPTY) continue
      this.#waiting[index] = { ...waiting, chunk: EMPTY }
      this.#waitingBytes -= waiting.chunk.length
      socket.deliver(waiting.chunk, waiting.arrival)
    }
  }

  #copy(length: number): Buffer {
    if (this.#slabBytes + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length))
      this.#slabBytes = 0
    }
    const chunk = this.#slab.subarray(this.#slabBytes, this.#slabBytes + length)
    this.buffer.copy(chunk, 0, 0, length)
    this.#slabBytes += length
    return chunk
  }

  #endPhase(): void {
    const reads = this.#readsOfPhase
    this.#readsOfPhase = 0
    if (reads > 0) this.pollClock.endPhase()
    else this.pollClock.polledNothing()
    const putOff = reads > FEW_READS && !this.#isFull && !this.#isOverdue
    if (!putOff) this.#handle()
    this.#isArmed = this.#waiting.length > 0
    if (this.#isArmed) setImmediate(this.#check)
    else this.pollClock.rest()
  }

  #handle(): void {
    const late: Receiver[] = []
    const endUs = this.pollClock.nowUs() + HANDLING_US
    do {
      const { socket, chunk, arrival } = this.#waiting[this.#handled] as Waiting
      // A reader that comes later in this turn would find the arrival of the second chunk at the first.
      if (late.includes(socket) && !this.#isFull) break
      this.#handled++
      if (chunk === EMPTY) continue
      this.#waitingBytes -= chunk.length
      if (!socket.deliver(chunk, arrival)) late.push(socket)
    } while (
      this.#handled < this.#waiting.length &&
      (this.#isFull || (late.length < LATE_READERS_PER_TURN && this.pollClock.nowUs() < endUs))
    )
    if (this.#handled === this.#waiting.length || this.#handled >= MOST_HANDLED) {
      this.#waiting = this.#waiting.slice(this.#handled)
      this.#handled = 0
    }
  }

  /** Whether what has waited longest was read long before what was read last. */
  get #isOverdue(): boolean {
    const first = this.#waiting[this.#handled]
    const last = this.#waiting.at(-1)
    return first !== undefined && last !== undefined && last.arrival.readUs - first.arrival.readUs > LONGEST_WAIT_US
  }

  get #isFull(): boolean {
    return this.#waiting.length - this.#handled > MOST_WAITING || this.#waitingBytes > MOST_WAITING_BYTES
  }
}

const EMPTY = Buffer.alloc(0)
