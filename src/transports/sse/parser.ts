import { LineSplitter } from '../line-splitter.js'

/** Where a peer sends data without an end, memory must have one. A message is 1 MiB at most. */
const LARGEST_EVENT_BYTES = 2 << 20

const COLON = 0x3a
const SPACE = 0x20
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const JOINT = Buffer.from('\n')
const DATA = Buffer.from('data')
/** The first letter of `id`, and how long a line of it is looked at. */
const ID = 0x69
const LONGEST_ID_LINE = 32

/**
 * Parses `text/event-stream` (HTML standard, section 9.2.6) from bytes, so that a message's text is never decoded and encoded again.
 * Of the fields only `data` means something to a simulated client: its cursor is the `seq` of the last message, which is what a server's `id` says.
 * Lines may end with LF or CR LF; a CR alone, which the standard also allows, no server of a feed sends.
 */
export class SseParser {
  readonly #lines: LineSplitter
  readonly #onMessage: (data: Buffer) => void
  #data: Buffer[] = []
  #length = 0

  constructor(onMessage: (data: Buffer) => void) {
    this.#onMessage = onMessage
    this.#lines = new LineSplitter((line) => (line.length === 0 ? this.#dispatch() : this.#field(line)))
  }

  /** Throws where a line or an event is too long. */
  push(chunk: Buffer): void {
    const at = this.#data.length === 0 && !this.#lines.isAmid ? this.#pushWhole(chunk) : 0
    if (at < chunk.length) this.#lines.push(at === 0 ? chunk : chunk.subarray(at))
  }

  /** Takes the usual events, an `id` line and a `data` line each, as long as they lie whole in the chunk, and returns the place after them. */
  #pushWhole(chunk: Buffer): number {
    let at = 0
    for (;;) {
      let line = at
      if (chunk[line] === ID) {
        while (line < chunk.length && line - at < LONGEST_ID_LINE && chunk[line] !== LINE_FEED) line++
        if (chunk[line++] !== LINE_FEED) return at
      }
      if (!isData(chunk, line) || chunk[line + DATA.length] !== COLON) return at
      const start = line + DATA.length + (chunk[line + DATA.length + 1] === SPACE ? 2 : 1)
      const end = chunk.indexOf(LINE_FEED, start)
      if (end < 0 || chunk[end + 1] !== LINE_FEED || chunk[end - 1] === CARRIAGE_RETURN) return at
      this.#onMessage(chunk.subarray(start, end))
      at = end + 2
    }
  }

  #field(line: Buffer): void {
    if (!isData(line, 0)) return
    if (line.length === DATA.length) return this.#gather(line.subarray(DATA.length))
    if (line[DATA.length] !== COLON) return
    this.#gather(line.subarray(DATA.length + (line[DATA.length + 1] === SPACE ? 2 : 1)))
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
    this.#onMessage(data.length === 1 ? (data[0] as Buffer) : join(data))
  }
}

function join(lines: Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [JOINT, line])))
}

/** Whether a line that begins at a place begins with `data`. */
function isData(bytes: Buffer, at: number): boolean {
  return bytes[at] === DATA[0] && bytes[at + 1] === DATA[1] && bytes[at + 2] === DATA[2] && bytes[at + 3] === DATA[3]
}
