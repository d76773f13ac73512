import type { Duplex } from 'node:stream'
import type { FeedLog, LogEntry } from '../feed/log.js'
import type { ServerCounters } from './transport.js'

export interface FanoutOptions {
  log: FeedLog
  /** The bytes on the wire for one message, the same for every client. */
  frame(entry: LogEntry): Buffer
  /** One write a client and turn of the loop, instead of one a message. */
  coalesce: boolean
}

/** Of a socket that is not where the others are: behind, or at a cursor that the feed has not reached. */
interface Place {
  /** Position of the last message written. */
  cursor: number
  /** The socket's buffer is full: nothing is written until it drains, so that a slow reader costs no memory. */
  isBlocked: boolean
}

interface Batch {
  bytes: Buffer
  messages: number
  /** Cursor after it. */
  next: number
  evicted: number
}

/** Of one turn of the loop, by the cursor after which they begin. */
type Batches = Map<number, Batch>

/**
 * Writes the feed to many sockets, for every streaming transport alike: a message is framed once and written to each client's socket
 * with one write, so that what differs between transports is their bytes, not how their libraries batch.
 *
 * Nearly every socket has had every message, always. Of those nothing is kept but that they belong to them: with 10,000 clients whatever else a
 * write looks at is no longer in the processor's cache, and four such objects a client made up an eighth of what a delivery cost.
 */
export class Fanout {
  readonly #options: FanoutOptions
  /** Those that have had every message up to `#cursor`. */
  readonly #current = new Set<Duplex>()
  readonly #apart = new Map<Duplex, Place>()
  readonly #unsubscribe: () => void
  #cursor: number
  #isFlushDue = false
  /** What ends a stream, once none goes on. */
  #lastBytes: Buffer | undefined
  #writes = 0
  #messagesWritten = 0
  #evicted = 0

  constructor(options: FanoutOptions) {
    this.#options = options
    this.#cursor = options.log.newest
    this.#unsubscribe = options.log.subscribe((entry) => (options.coalesce ? this.#flushLater() : this.#writeOne(entry)))
  }

  /** Writes to a socket what comes after a cursor (`null`: what is yet to come), until it closes. */
  add(socket: Duplex, after: number | null): void {
    if (this.#lastBytes !== undefined) {
      socket.end(this.#lastBytes)
      return
    }
    socket.once('close', () => this.remove(socket))
    const place = { cursor: after ?? this.#options.log.newest, isBlocked: false }
    this.#apart.set(socket, place)
    this.#catchUp(socket, place)
  }

  /** For a protocol that allows no message any more on a connection that goes on, as after a close frame. */
  remove(socket: Duplex): void {
    this.#current.delete(socket)
    this.#apart.delete(socket)
  }

  /** Writes bytes that are no message, such as a heartbeat, to every client that takes any. */
  writeAside(bytes: Buffer): void {
    for (const socket of this.#current) {
      if (socket.writable && !socket.write(bytes)) this.#block(socket, this.#cursor)
    }
    for (const [socket, place] of this.#apart) {
      if (!place.isBlocked && socket.writable && !socket.write(bytes)) this.#awaitDrain(socket, place)
    }
  }

  counters(): ServerCounters {
    return { writes: this.#writes, messagesWritten: this.#messagesWritten, evicted: this.#evicted }
  }

  /** Stops, and ends every socket with these bytes, those that are yet to come too. */
  close(lastBytes: Buffer): void {
    this.#unsubscribe()
    this.#lastBytes = lastBytes
    for (const socket of [...this.#current, ...this.#apart.keys()]) socket.end(lastBytes)
    this.#current.clear()
    this.#apart.clear()
  }

  #writeOne(entry: LogEntry): void {
    if (this.#current.size > 0) this.#writeToCurrent(this.#options.frame(entry), 1, entry.position)
    this.#cursor = entry.position
    for (const [socket, place] of this.#apart) if (!place.isBlocked) this.#catchUp(socket, place)
  }

  #flushLater(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      this.#flush()
    })
  }

  #flush(): void {
    const { log } = this.#options
    const batches: Batches = new Map()
    while (this.#current.size > 0 && this.#cursor < log.newest) {
      const { bytes, messages, next, evicted } = this.#batch(this.#cursor, batches)
      this.#evicted += evicted * this.#writeToCurrent(bytes, messages, next)
      this.#cursor = next
    }
    this.#cursor = log.newest
    for (const [socket, place] of this.#apart) if (!place.isBlocked) this.#catchUp(socket, place, batches)
  }

  /** `next`: the cursor of those that have it. Returns to how many it was written. */
  #writeToCurrent(bytes: Buffer, messages: number, next: number): number {
    let writes = 0
    for (const socket of this.#current) {
      if (!socket.writable) continue
      writes++
      if (!socket.write(bytes)) this.#block(socket, next)
    }
    this.#writes += writes
    this.#messagesWritten += writes * messages
    return writes
  }

  #block(socket: Duplex, cursor: number): void {
    const place = { cursor, isBlocked: false }
    this.#current.delete(socket)
    this.#apart.set(socket, place)
    this.#awaitDrain(socket, place)
  }

  #awaitDrain(socket: Duplex, place: Place): void {
    place.isBlocked = true
    socket.once('drain', () => {
      place.isBlocked = false
      // It may have been removed meanwhile.
      if (this.#apart.has(socket)) this.#catchUp(socket, place)
    })
  }

  #catchUp(socket: Duplex, place: Place, batches: Batches = new Map()): void {
    const { log, frame, coalesce } = this.#options
    while (!place.isBlocked && place.cursor < log.newest && socket.writable) {
      if (coalesce) {
        const { bytes, messages, next, evicted } = this.#batch(place.cursor, batches)
        this.#evicted += evicted
        this.#writeApart(socket, place, bytes, messages, next)
        continue
      }
      const { entries, evicted } = log.read(place.cursor)
      this.#evicted += evicted
      for (const entry of entries) {
        if (place.isBlocked) break
        this.#writeApart(socket, place, frame(entry), 1, entry.position)
      }
    }
    if (place.isBlocked || place.cursor !== this.#cursor) return
    this.#apart.delete(socket)
    this.#current.add(socket)
  }

  #writeApart(socket: Duplex, place: Place, bytes: Buffer, messages: number, next: number): void {
    place.cursor = next
    this.#writes++
    this.#messagesWritten += messages
    if (!socket.write(bytes)) this.#awaitDrain(socket, place)
  }

  /** What comes after a cursor, framed once for all who stand there. */
  #batch(cursor: number, batches: Batches): Batch {
    const known = batches.get(cursor)
    if (known !== undefined) return known
    const { entries, next, evicted } = this.#options.log.read(cursor)
    const batch = { bytes: Buffer.concat(entries.map(this.#options.frame)), messages: entries.length, next, evicted }
    batches.set(cursor, batch)
    return batch
  }
}
