import { LineSplitter } from '../line-splitter.js'

/** Where a peer sends data without an end, memory must have one. A message is 1 MiB at most. */
const LARGEST_EVENT_BYTES = 2 << 20

const COLON = 0x3a
const SPACE = 0x20
const LINE_FEED = Buffer.from('\n')

/**
 * Parses `text/event-stream` (HTML standard, section 9.2.6) from bytes, so that a message's text is never decoded and encoded again.
 * Of the fields only `data` and `id` mean something to a subscriber of the feed.
 * Lines may end with LF or CR LF; a CR alone, which the standard also allows, no server of a feed sends.
 */
export class SseParser {
  readonly #lines: LineSplitter
  readonly #onMessage: (data: Buffer, id: string | null) => void
  #data: Buffer[] = []
  #length = 0
  #id: string | null = null

  constructor(onMessage: (data: Buffer, id: string | null) => void) {
    this.#onMessage = onMessage
    this.#lines = new LineSplitter((line) => (line.length === 0 ? this.#dispatch() : this.#field(line)))
  }

  /** Throws where a line or an event is too long. */
  push(chunk: Buffer): void {
    this.#lines.push(chunk)
  }

  #field(line: Buffer): void {
    const colon = line.indexOf(COLON)
    if (colon === 0) return
    const name = line.toString('latin1', 0, colon < 0 ? line.length : colon)
    const from = colon < 0 ? line.length : line[colon + 1] === SPACE ? colon + 2 : colon + 1
    if (name === 'data') this.#gather(line.subarray(from))
    else if (name === 'id' && !line.includes(0, from)) this.#id = line.toString('utf8', from)
  }

  #gather(data: Buffer): void {
    this.#length += data.length + 1
    if (this.#length > LARGEST_EVENT_BYTES) throw new Error(`expected events of at most ${LARGEST_EVENT_BYTES} bytes, got more`)
    this.#data.push(data)
  }

  #dispatch(): void {
    const data = this.#data
    if (data.length === 0) return
    this.#data = []
    this.#length = 0
    this.#onMessage(data.length === 1 ? (data[0] as Buffer) : join(data), this.#id)
  }
}

function join(lines: Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [LINE_FEED, line])))
}
