/** The head of a response. */
export interface ResponseHead {
  status: number
  /** Whether the version is 1.0, whose connections end with each response. */
  isOld: boolean
  /** By lower-case name; several fields of a name are joined by commas (RFC 9110 section 5.3). */
  fields: ReadonlyMap<string, string>
}

/** What a server says is not HTTP, or not what a client can take: the connection is of no more use. */
export class BadResponse extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BadResponse'
  }
}

/** As undici and node:http have it. */
const LARGEST_HEAD_BYTES = 16 << 10
const HEAD_END = Buffer.from('\r\n\r\n')
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/

/** Gathers bytes until the head of a response is whole (RFC 9112 sections 2 to 5). */
export class HeadReader {
  #bytes: Buffer | null = null

  /** Whether bytes of a head have come and its end has not. */
  get isAmid(): boolean {
    return this.#bytes !== null
  }

  /** The head, how many bytes it took, and the place in the chunk behind it; `null` while it is not whole. Throws `BadResponse`. */
  push(chunk: Buffer): { head: ResponseHead; bytes: number; endAt: number } | null {
    const before = this.#bytes
    const bytes = before === null ? chunk : Buffer.concat([before, chunk])
    // The end may lie across the border of two chunks.
    const end = bytes.indexOf(HEAD_END, before === null ? 0 : Math.max(0, before.length - HEAD_END.length + 1))
    if (end < 0) {
      refuseEarly(bytes)
      this.#bytes = bytes
      return null
    }
    this.#bytes = null
    refuseLong(end)
    const length = end + HEAD_END.length
    return { head: headOf(bytes, end), bytes: length, endAt: length - (before?.length ?? 0) }
  }
}

/**
 * A server says the same to all its clients within a second: each head is parsed once, which was a tenth of a poll's cost, and known again by its
 * bytes. Answers differ by the digits of their length, so the last head of each length in bytes is kept.
 */
const known: ({ bytes: Buffer; head: ResponseHead } | undefined)[] = Array.from({ length: 64 })
/** Longer heads are not kept. */
const LONGEST_KNOWN = 1_024

function headOf(bytes: Buffer, end: number): ResponseHead {
  const before = known[end % known.length]
  if (before !== undefined && before.bytes.length === end && before.bytes.compare(bytes, 0, end) === 0) return before.head
  const head = parseHead(bytes.toString('latin1', 0, end))
  // Copied: a part of what was read would keep all of it.
  if (end <= LONGEST_KNOWN) known[end % known.length] = { bytes: Buffer.from(bytes.subarray(0, end)), head }
  return head
}

const VERSION = Buffer.from('HTTP/1.')

/** What does not even begin like HTTP is not waited for. */
function refuseEarly(bytes: Buffer): void {
  const length = Math.min(bytes.length, VERSION.length)
  if (bytes.compare(VERSION, 0, length, 0, length) !== 0) throw notHttp(bytes.toString('latin1', 0, 40))
  refuseLong(bytes.length)
}

function refuseLong(length: number): void {
  if (length > LARGEST_HEAD_BYTES)
    throw new BadResponse(`expected a response head of at most ${LARGEST_HEAD_BYTES} bytes, got more`)
}

function parseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n')
  const status = STATUS_LINE.exec(statusLine)
  if (status === null) throw notHttp(statusLine.slice(0, 40))
  const fields = new Map<string, string>()
  for (const line of lines) {
    const field = FIELD.exec(line)
    if (field === null) throw new BadResponse(`expected a header field, got ${JSON.stringify(line.slice(0, 40))}`)
    const name = (field[1] as string).toLowerCase()
    const value = (field[2] as string).trimEnd()
    const others = fields.get(name)
    fields.set(name, others === undefined ? value : `${others}, ${value}`)
  }
  return { status: Number(status[2]), isOld: status[1] === '0', fields }
}

function notHttp(got: string): BadResponse {
  return new BadResponse(`expected a response of HTTP/1.1, got ${JSON.stringify(got)}`)
}
