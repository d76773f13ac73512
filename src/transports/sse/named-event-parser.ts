import { LineSplitter } from '../line-splitter.js'

/** Where a peer sends data without an end, memory must have one. */
const LARGEST_EVENT_BYTES = 2 << 20
const LONGEST_ID_BYTES = 4_096

const COLON = 0x3a
const SPACE = 0x20
const JOINT = Buffer.from('\n')
/** What an event without a name is called (HTML standard, section 9.2.6). */
const UNNAMED = 'message'

/**
 * Parses `text/event-stream` of any server: events have names, of which only some are messages, and ids that may be any text or missing.
 * Our own server's stream has a quicker parser.
 */
export class NamedEventParser {
  readonly #lines: LineSplitter
  readonly #names: ReadonlySet<string>
  readonly #onMessage: (data: Buffer) => void
  readonly #onId: (id: string) => void
  #data: Buffer[] = []
  #length = 0
  #name = ''

  /** `names`: of the events that are messages; `null`: those without a name. */
  constructor(names: readonly string[] | null, onMessage: (data: Buffer) => void, onId: (id: string) => void) {
    this.#names = new Set(names ?? [UNNAMED])
    this.#onMessage = onMessage
    this.#onId = onId
    this.#lines = new LineSplitter((line) => (line.length === 0 ? this.#dispatch() : this.#field(line)))
  }

  /** Throws where a line or an event is too long. */
  push(chunk: Buffer): void {
    this.#lines.push(chunk)
  }

  #field(line: Buffer): void {
    const colon = line.indexOf(COLON)
    // A comment, such as a heartbeat.
    if (colon === 0) return
    const name = line.toString('latin1', 0, colon < 0 ? line.length : colon)
    const value = colon < 0 ? line.subarray(line.length) : line.subarray(line[colon + 1] === SPACE ? colon + 2 : colon + 1)
    if (name === 'data') this.#gather(value)
    else if (name === 'event') this.#name = value.toString()
    // An id with a null character is ignored, as the standard wants it; one with a line break cannot be.
    else if (name === 'id' && value.length <= LONGEST_ID_BYTES && !value.includes(0)) this.#onId(value.toString('latin1'))
  }

  #gather(data: Buffer): void {
    this.#length += data.length + 1
    if (this.#length > LARGEST_EVENT_BYTES) throw new Error(`expected events of at most ${LARGEST_EVENT_BYTES} bytes, got more`)
    this.#data.push(data)
  }

  #dispatch(): void {
    const data = this.#data
    const name = this.#name === '' ? UNNAMED : this.#name
    this.#data = []
    this.#length = 0
    this.#name = ''
    if (data.length === 0 || !this.#names.has(name)) return
    this.#onMessage(Buffer.concat(data.flatMap((line, index) => (index === 0 ? [line] : [JOINT, line]))))
  }
}
