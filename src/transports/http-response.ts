import { BadResponse, HeadReader, type ResponseHead } from './http-head.js'

/** Who is told of a response. */
export interface ResponseListener {
  /** `bytes`: of the head, and of interim ones before it. */
  onHead(status: number, bytes: number): void
  onBody(bytes: Buffer): void
  /** All of it has come; `isLast`: the connection carries no other. */
  onEnd(isLast: boolean): void
}

/** 15 digits make a safe integer, and nobody has sent that much. */
const LENGTH = /^\d{1,15}$/
/** The line before a chunk: its length in hexadecimal digits, below 256 MiB; extensions are passed over. */
const CHUNK_LINE = /^([0-9a-f]{1,7})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i
/** Of a chunk's line, and of all trailers together. */
const LONGEST_LINES_BYTES = 4_096
/** Interim responses (1xx) before the one that counts. */
const MOST_INTERIM = 16
const MOST_SHORT_DIGITS = 6
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** How a body ends: its length in bytes, by its chunks, or with the connection. */
interface Framing {
  isLast: boolean
  body: number | 'chunked' | 'until-end'
}

type State = 'head' | 'length' | 'until-end' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailer'

/**
 * Reads the responses of one connection of HTTP/1.1 (RFC 9112), one at a time. Strict: what can be read in two ways is an error,
 * because a benchmark has no reason to guess. Throws `BadResponse`.
 */
export class ResponseReader {
  readonly #listener: ResponseListener
  readonly #head = new HeadReader()
  #state: State = 'head'
  /** Of the body or the chunk. */
  #bytesLeft = 0
  /** A line that is not whole yet. */
  #line = ''
  #trailerBytes = 0
  #interim = 0
  #headBytes = 0
  #isLast = false
  #isOver = false

  constructor(listener: ResponseListener) {
    this.#listener = listener
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      at = this.#step(chunk, at)
      if (this.#isOver) {
        // It would be taken for the answer to a request that is not sent yet.
        if (at < chunk.length) throw new BadResponse(`expected nothing after the response, got ${chunk.length - at} bytes`)
        return this.#finish()
      }
    }
  }

  /** The connection has ended. Throws in the middle of a response that says where its end is. */
  end(): void {
    if (this.#state === 'until-end') this.#finish()
    else if (this.#state !== 'head' || this.#head.isAmid || this.#interim > 0)
      throw new BadResponse('expected the rest of a response, got the end of the connection')
  }

  #finish(): void {
    this.#state = 'head'
    this.#isOver = false
    this.#interim = 0
    this.#listener.onEnd(this.#isLast)
  }

  /** Takes what it can from a place in the chunk, and returns the place after it. */
  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk, at)
      case 'until-end':
        this.#listener.onBody(at === 0 ? chunk : chunk.subarray(at))
        return chunk.length
      case 'length':
      case 'chunk':
        return this.#readCounted(chunk, at)
      case 'chunk-line':
        return this.#readShortLength(chunk, at) ?? this.#readLine(chunk, at, (line) => this.#beginChunk(line))
      case 'chunk-end':
        if (this.#line === '' && chunk[at] === CARRIAGE_RETURN && chunk[at + 1] === LINE_FEED) {
          this.#state = 'chunk-line'
          return at + 2
        }
        return this.#readLine(chunk, at, (line) => {
          if (line !== '') throw new BadResponse(`expected a chunk to end, got ${JSON.stringify(line.slice(0, 40))}`)
          this.#state = 'chunk-line'
        })
      case 'trailer':
        return this.#readLine(chunk, at, (line) => this.#takeTrailer(line))
    }
  }

  #readHead(chunk: Buffer, at: number): number {
    const read = this.#head.push(at === 0 ? chunk : chunk.subarray(at))
    if (read === null) return chunk.length
    const { head, bytes, endAt } = read
    this.#headBytes += bytes
    if (head.status < 200) this.#passOver(head)
    else {
      this.#beginBody(head)
      this.#listener.onHead(head.status, this.#headBytes)
      this.#headBytes = 0
    }
    return at + endAt
  }

  #passOver({ status }: ResponseHead): void {
    if (status === 101) throw new BadResponse('expected an answer, got a switch to another protocol')
    if (++this.#interim > MOST_INTERIM) throw new BadResponse(`expected at most ${MOST_INTERIM} interim responses, got more`)
  }

  #beginBody(head: ResponseHead): void {
    const { isLast, body } = framingOf(head)
    this.#isLast = isLast
    if (body === 'chunked') {
      this.#state = 'chunk-line'
      this.#trailerBytes = 0
    } else if (body === 'until-end') this.#state = body
    else {
      this.#state = 'length'
      this.#bytesLeft = body
      this.#isOver = body === 0
    }
  }

  #readCounted(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#bytesLeft)
    this.#bytesLeft -= end - at
    this.#listener.onBody(chunk.subarray(at, end))
    if (this.#bytesLeft === 0) {
      if (this.#state === 'length') this.#isOver = true
      else this.#state = 'chunk-end'
    }
    return end
  }

  /** The usual line before a chunk: a few digits and no extension, in one piece. `null`: it is not that, and nothing was taken. */
  #readShortLength(chunk: Buffer, at: number): number | null {
    if (this.#line !== '') return null
    let length = 0
    let place = at
    for (const end = Math.min(chunk.length, at + MOST_SHORT_DIGITS); place < end; place++) {
      const digit = hexDigit(chunk[place] as number)
      if (digit < 0) break
      length = length * 16 + digit
    }
    if (length === 0 || chunk[place] !== CARRIAGE_RETURN || chunk[place + 1] !== LINE_FEED) return null
    this.#bytesLeft = length
    this.#state = 'chunk'
    return place + 2
  }

  #beginChunk(line: string): void {
    const digits = CHUNK_LINE.exec(line)?.[1]
    if (digits === undefined) throw new BadResponse(`expected the length of a chunk, got ${JSON.stringify(line.slice(0, 40))}`)
    this.#bytesLeft = Number.parseInt(digits, 16)
    this.#state = this.#bytesLeft === 0 ? 'trailer' : 'chunk'
  }

  #takeTrailer(line: string): void {
    this.#trailerBytes += line.length + 2
    if (this.#trailerBytes > LONGEST_LINES_BYTES) throw new BadResponse('expected few trailers, got many')
    if (line === '') this.#isOver = true
  }

  /** Lines end with CR LF, and with nothing else. */
  #readLine(chunk: Buffer, at: number, take: (line: string) => void): number {
    const feed = chunk.indexOf(LINE_FEED, at)
    const end = feed < 0 ? chunk.length : feed + 1
    this.#line += chunk.toString('latin1', at, end)
    if (this.#line.length > LONGEST_LINES_BYTES) throw new BadResponse('expected a short line, got a long one')
    if (feed < 0) return end
    const line = this.#line
    this.#line = ''
    if (line.charCodeAt(line.length - 2) !== CARRIAGE_RETURN)
      throw new BadResponse(`expected a line to end with CR LF, got ${JSON.stringify(line.slice(0, 40))}`)
    take(line.slice(0, -2))
    return end
  }
}

/** -1 where the byte is none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** A head that is the same for many responses is looked at once. */
const framings = new WeakMap<ResponseHead, Framing>()

function framingOf(head: ResponseHead): Framing {
  const known = framings.get(head)
  if (known !== undefined) return known
  const framing = readFraming(head)
  framings.set(head, framing)
  return framing
}

/** RFC 9112 section 6.3. Throws `BadResponse` where it could be read in two ways. */
function readFraming({ status, isOld, fields }: ResponseHead): Framing {
  const coding = fields.get('transfer-encoding')
  const length = fields.get('content-length')
  const isLast = isOld || /(^|,)\s*close\s*(,|$)/i.test(fields.get('connection') ?? '')
  if (coding !== undefined && length !== undefined) throw new BadResponse('expected one length of the body, got two')
  if (status === 204 || status === 304) return { isLast, body: 0 }
  if (coding !== undefined) {
    if (isOld || coding.toLowerCase() !== 'chunked')
      throw new BadResponse(`expected a chunked body, got ${JSON.stringify(coding.slice(0, 40))}`)
    return { isLast, body: 'chunked' }
  }
  if (length === undefined) return { isLast: true, body: 'until-end' }
  if (!LENGTH.test(length)) throw new BadResponse(`expected a length, got ${JSON.stringify(length.slice(0, 40))}`)
  return { isLast, body: Number(length) }
}
