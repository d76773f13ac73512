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
  /** Position of the last message written. */
  cursor: number
  /** The socket's buffer is full: nothing is written until it drains, so that a slow reader costs no memory. */
  isBlocked: boolean
}

/**
 * Writes the feed to many sockets, for every streaming transport alike: a message is framed once and written to each client's socket
 * with one write, so that what differs between transports is their bytes, not how their libraries batch.
 */
export class Fanout {
  readonly #options: FanoutOptions
  readonly #subscribers = new Set<Subscriber>()
  readonly #unsubscribe: () => void
  #isFlushDue = false
  #writes = 0
  #messagesWritten = 0
  #evicted = 0

  constructor(options: FanoutOptions) {
    this.#options = options
    this.#unsubscribe = options.log.subscribe((entry) => (options.coalesce ? this.#flushLater() : this.#writeToAll(entry)))
  }

  /** Writes to a socket what comes after a cursor (`null`: what is yet to come), until it closes. */
  add(socket: Duplex, after: number | null): void {
    const subscriber: Subscriber = { socket, cursor: after ?? this.#options.log.newest, isBlocked: false }
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
    for (const { socket, isBlocked } of this.#subscribers) if (!isBlocked) socket.write(bytes)
  }

  counters(): ServerCounters {
    return { writes: this.#writes, messagesWritten: this.#messagesWritten, evicted: this.#evicted }
  }

  /** Stops, and ends every socket with these bytes. */
  close(lastBytes: Buffer): void {
    this.#unsubscribe()
    for (const { socket } of this.#subscribers) socket.end(lastBytes)
    this.#subscribers.clear()
  }

  #writeToAll(entry: LogEntry): void {
    if (this.#subscribers.size === 0) return
    const frame = this.#options.frame(entry)
    for (const subscriber of this.#subscribers) {
      if (!subscriber.isBlocked && subscriber.cursor === entry.position - 1) this.#write(subscriber, frame, 1, entry.position)
    }
  }

  #flushLater(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      for (const subscriber of this.#subscribers) this.#catchUp(subscriber)
    })
  }

  #catchUp(subscriber: Subscriber): void {
    const { log, frame, coalesce } = this.#options
    while (!subscriber.isBlocked && subscriber.cursor < log.newest) {
      const { entries, next, evicted } = log.read(subscriber.cursor)
      this.#evicted += evicted
      if (coalesce) this.#write(subscriber, Buffer.concat(entries.map(frame)), entries.length, next)
      else {
        for (const entry of entries) {
          if (subscriber.isBlocked) break
          this.#write(subscriber, frame(entry), 1, entry.position)
        }
      }
    }
  }

  #write(subscriber: Subscriber, bytes: Buffer, messages: number, cursor: number): void {
    subscriber.cursor = cursor
    this.#writes++
    this.#messagesWritten += messages
    subscriber.isBlocked = !subscriber.socket.write(bytes)
  }
}
