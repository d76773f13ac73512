import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Intake } from './intake.js'
import type { Arrival } from './poll-clock.js'
import type { ReadPace } from './read-pace.js'

/** Bytes of many sockets, in both directions, as TCP carried them. */
export interface ByteTotals {
  received: number
  /** Of those received, what has been handed on: what waits in the intake is not in any count of messages yet. */
  handed: number
  sent: number
  /** Of both directions, what was the head of a request or response; `null` as long as no client has said so of any. */
  headers: number | null
}

/** A client's socket: counts its bytes, and knows when those at hand arrived. */
export class CountedSocket extends Socket {
  /** Of the bytes that were last handed on. */
  arrival: Arrival = { receivedUs: 0, readUs: 0, lagUs: 0 }
  #reader: ((chunk: Buffer) => void) | null = null
  readonly #intake: Intake
  readonly #totals: ByteTotals
  #waiting = 0
  #isDestroyed = false
  /** `null`: it reads whatever comes. */
  readonly #pace: ReadPace | null
  /** Somebody asked for bytes while reading was held back. */
  #isAwaited = false

  constructor(intake: Intake, totals: ByteTotals, pace: ReadPace | null = null) {
    super({
      // A buffer of our own saves an allocation of 64 KiB for each read.
      onread: {
        buffer: pace === null ? intake.buffer : intake.buffer.subarray(0, pace.largestReadBytes),
        callback: (length: number) => {
          this.#totals.received += length
          this.#waiting++
          intake.take(this, length)
          return pace === null || pace.read(length)
        },
      },
    } as ConstructorParameters<typeof Socket>[0])
    this.#intake = intake
    this.#totals = totals
    this.#pace = pace
    this.setNoDelay(true)
    if (pace !== null) pace.onResume = () => this.#readOn()
  }

  /**
   * Has bytes handed on as they come, without the queues of a stream, which cost a driver more than reading them does. The end
   * comes as `end`, like that of any other socket. To be called before the first byte comes.
   */
  readWith(reader: (chunk: Buffer) => void): void {
    this.#reader = reader
    this.resume()
  }

  /** Called by the intake: hands bytes to whoever reads this socket. */
  deliver(chunk: Buffer, arrival: Arrival): boolean {
    this.#waiting--
    this.#totals.handed += chunk.length
    this.arrival = arrival
    if (this.#reader === null) {
      if (!this.destroyed) super.push(chunk)
      return false
    }
    // Not `destroyed`, which asks both halves of the stream, once a delivery.
    if (!this.#isDestroyed) this.#reader(chunk)
    return true
  }

  override push(chunk: unknown): boolean {
    // The end must not overtake bytes that still wait in the intake.
    if (this.#waiting > 0) this.#intake.flush(this)
    return super.push(chunk)
  }

  override destroy(error?: Error): this {
    if (this.#waiting > 0 && !this.destroyed) this.#intake.flush(this)
    this.#pace?.stop()
    this.#isDestroyed = true
    return super.destroy(error)
  }

  // Each of the three ways in which a reader has a socket start to read again: while that is held back, the bytes stay in the kernel.

  override _read(size: number): void {
    if (this.#isHeld) this.#isAwaited = true
    else super._read(size)
  }

  override read(size?: number): unknown {
    return this.#isHeld ? Duplex.prototype.read.call(this, size) : super.read(size)
  }

  override resume(): this {
    if (!this.#isHeld) return super.resume()
    this.#isAwaited = true
    return Duplex.prototype.resume.call(this) as this
  }

  get #isHeld(): boolean {
    return this.#pace?.isHeld ?? false
  }

  /** A stream that has enough asks for more by itself; a reader of our own is always waiting. */
  #readOn(): void {
    // One that is told when there is something to read counts as paused all the time.
    const isPaused = this.isPaused() && this.listenerCount('readable') === 0
    if (this.destroyed || isPaused || (this.#reader === null && !this.#isAwaited)) return
    this.#isAwaited = false
    super._read(0)
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#countSent(Buffer.byteLength(chunk as string, encoding))
    super._write(chunk, encoding, callback)
  }

  override _writev(
    chunks: { chunk: Buffer | string; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    let length = 0
    for (const { chunk, encoding } of chunks) length += Buffer.byteLength(chunk as string, encoding)
    this.#countSent(length)
    super._writev?.(chunks, callback)
  }

  /** So many of the bytes that are written next are the head of a request. */
  countHeadSent(length: number): void {
    if (!this.connecting) this.countHead(length)
    else this.once('connect', () => this.countHead(length))
  }

  /** So many of the bytes that were handed on were the head of a response. */
  countHead(length: number): void {
    this.#totals.headers = (this.#totals.headers ?? 0) + length
  }

  /** What is written before the connection is there waits for it, and is never sent where it does not come. */
  #countSent(length: number): void {
    if (!this.connecting) this.#totals.sent += length
    else
      this.once('connect', () => {
        this.#totals.sent += length
      })
  }
}
