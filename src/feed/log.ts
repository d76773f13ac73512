/** What every transport reads: the newest messages of the feed, each at its position. */
export interface LogEntry {
  /** From 1, over all topics; equal to `seq` where there is only one. */
  position: number
  text: Buffer
}

export interface LogRead {
  entries: LogEntry[]
  /** Cursor after these entries. */
  next: number
  /** Messages after the cursor that the log no longer has. */
  evicted: number
}

/** What one response carries at most. */
export const MOST_MESSAGES_READ = 1_000
export const MOST_BYTES_READ = 1 << 20

export interface LogLimits {
  messages: number
  bytes: number
}

const LIMITS: LogLimits = { messages: 65_536, bytes: 64 << 20 }

/** A bounded ring. Appending beyond its limits evicts the oldest. */
export class FeedLog {
  readonly #ring: (LogEntry | undefined)[]
  readonly #limits: LogLimits
  readonly #listeners = new Set<(entry: LogEntry) => void>()
  #newest = 0
  #oldest = 1
  #bytes = 0

  constructor(limits: LogLimits = LIMITS) {
    this.#limits = limits
    this.#ring = new Array(limits.messages)
  }

  /** Position of the newest message; 0 before the first. */
  get newest(): number {
    return this.#newest
  }

  append(text: Buffer): LogEntry {
    const entry = { position: this.#newest + 1, text: unpooled(text) }
    while (this.#oldest <= this.#newest && this.#isFullFor(text.length)) this.#evict()
    this.#ring[entry.position % this.#limits.messages] = entry
    this.#newest = entry.position
    this.#bytes += text.length
    for (const listener of this.#listeners) listener(entry)
    return entry
  }

  /** The messages after a cursor, oldest first; an evicted cursor gets the oldest kept. */
  read(
    after: number,
    most: { messages: number; bytes: number } = { messages: MOST_MESSAGES_READ, bytes: MOST_BYTES_READ },
  ): LogRead {
    const first = Math.max(after + 1, this.#oldest)
    const entries: LogEntry[] = []
    let bytes = 0
    for (let position = first; position <= this.#newest && entries.length < most.messages; position++) {
      const entry = this.#ring[position % this.#limits.messages] as LogEntry
      // The first is taken whatever its length, or a reader would never get past it.
      if (entries.length > 0 && bytes + entry.text.length > most.bytes) break
      bytes += entry.text.length
      entries.push(entry)
    }
    return { entries, next: entries.at(-1)?.position ?? after, evicted: Math.max(0, first - after - 1) }
  }

  /** Calls back after each append, until the function that is returned is called. */
  subscribe(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #isFullFor(bytes: number): boolean {
    return this.#newest - this.#oldest + 1 >= this.#limits.messages || this.#bytes + bytes > this.#limits.bytes
  }

  #evict(): void {
    const slot = this.#oldest % this.#limits.messages
    this.#bytes -= (this.#ring[slot] as LogEntry).text.length
    this.#ring[slot] = undefined
    this.#oldest++
  }
}

/**
 * In memory of its own: small buffers are parts of 8 KiB that are shared with whatever else is made at the time, and a message that is kept would keep all of
 * it, forty times its own length.
 */
function unpooled(text: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(text.length)
  text.copy(own)
  return own
}
