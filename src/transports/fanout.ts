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

interface Subscriber {
  socket: Duplex
  /** Whether the protocol still allows to write: not after a close frame, or the end of the connection. */
  isOpen(): boolean
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
 */
export class Fanout {
  readonly #options: FanoutOptions
  readonly #subscribers = new Set<Subscriber>()
  readonly #unsubscribe: () => void
  #isFlushDue = false
  /** What ends a stream, once none goes on. */
  #lastBytes: Buffer | undefined
  #writes = 0
  #messagesWritten = 0
  #evicted = 0

  constructor(options: FanoutOptions) {
    this.#options = options
    this.#unsubscribe = options.log.subscribe((entry) => (options.coalesce ? this.#flushLater() : this.#writeToAll(entry)))
  }

  /** Writes to a socket what comes after a cursor (`null`: what is yet to come), until it closes. */
  add(socket: Duplex, after: number | null, isOpen: () => boolean = () => socket.writable): void {
    if (this.#lastBytes !== undefined) {
      socket.end(this.#lastBytes)
      return
    }
    const subscriber: Subscriber = { socket, isOpen, cursor: after ?? this.#options.log.newest, isBlocked: false }
    this.#subscribers.add(subscriber)
    socket.on('drain', () => {
      subscriber.isBlocked = false
      this.#catchUp(subscriber)
    })
    socket.once('close', () => this.#subscribers.delete(subscriber))
    this.#catchUp(subscriber)
  }

  /** Writes bytes that are no message, such as a heartbeat, to every client that takes any. */
  writeAside(bytes: Buffer): void {
    for (const subscriber of this.#subscribers) {
      if (!subscriber.isBlocked && subscriber.isOpen()) subscriber.isBlocked = !subscriber.socket.write(bytes)
    }
  }

  counters(): ServerCounters {
    return { writes: this.#writes, messagesWritten: this.#messagesWritten, evicted: this.#evicted }
  }

  /** Stops, and ends every socket with these bytes, those that are yet to come too. */
  close(lastBytes: Buffer): void {
    this.#unsubscribe()
    this.#lastBytes = lastBytes
    for (const { socket } of this.#subscribers) socket.end(lastBytes)
    this.#subscribers.clear()
  }

  #writeToAll(entry: LogEntry): void {
    if (this.#subscribers.size === 0) return
    const frame = this.#options.frame(entry)
    for (const subscriber of this.#subscribers) {
      const isNext = subscriber.cursor === entry.position - 1
      if (isNext && !subscriber.isBlocked && subscriber.isOpen()) this.#write(subscriber, frame, 1, entry.position)
    }
  }

  #flushLater(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      const batches: Batches = new Map()
      for (const subscriber of this.#subscribers) this.#catchUp(subscriber, batches)
    })
  }

  #catchUp(subscriber: Subscriber, batches: Batches = new Map()): void {
    const { log, frame, coalesce } = this.#options
    while (!subscriber.isBlocked && subscriber.cursor < log.newest && subscriber.isOpen()) {
      if (coalesce) {
        const { bytes, messages, next, evicted } = this.#batch(subscriber.cursor, batches)
        this.#evicted += evicted
        this.#write(subscriber, bytes, messages, next)
        continue
      }
      const { entries, evicted } = log.read(subscriber.cursor)
      this.#evicted += evicted
      for (const entry of entries) {
        if (subscriber.isBlocked) break
        this.#write(subscriber, frame(entry), 1, entry.position)
      }
    }
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

  #write(subscriber: Subscriber, bytes: Buffer, messages: number, cursor: number): void {
    subscriber.cursor = cursor
    this.#writes++
    this.#messagesWritten += messages
    subscriber.isBlocked = !subscriber.socket.write(bytes)
  }
}
