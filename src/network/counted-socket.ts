import { Socket } from 'node:net'
import type { Intake } from './intake.js'
import type { Arrival } from './poll-clock.js'

/** Bytes of many sockets, in both directions, as TCP carried them. */
export interface ByteTotals {
  received: number
  sent: number
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

  constructor(intake: Intake, totals: ByteTotals) {
    super({
      // A buffer of our own saves an allocation of 64 KiB for each read.
      onread: {
        buffer: intake.buffer,
        callback: (length: number) => {
          this.#totals.received += length
          this.#waiting++
          intake.take(this, length)
          return true
        },
      },
    } as ConstructorParameters<typeof Socket>[0])
    this.#intake = intake
    this.#totals = totals
    this.setNoDelay(true)
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
    this.#isDestroyed = true
    return super.destroy(error)
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

  /** What is written before the connection is there waits for it, and is never sent where it does not come. */
  #countSent(length: number): void {
    if (!this.connecting) this.#totals.sent += length
    else
      this.once('connect', () => {
        this.#totals.sent += length
      })
  }
}
