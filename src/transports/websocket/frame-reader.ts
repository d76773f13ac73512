/** What a server's frames say. */
export interface FrameListener {
  onMessage(text: Buffer): void
  onPing(payload: Buffer): void
  /** `code`: 1005 where the frame has none (RFC 6455 section 7.4.1). Nothing follows. */
  onClose(code: number): void
}

/** What a server sends breaks the protocol: the connection is of no more use. */
export class BadFrame extends Error {
  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`)
    this.name = 'BadFrame'
  }
}

/** Memory must have an end where a peer announces more than it can mean. A message is 1 MiB at most. */
const LARGEST_MESSAGE_BYTES = 2 << 20
const LARGEST_CONTROL_BYTES = 125
const FINAL = 0x80
const RESERVED = 0x70
const MASKED = 0x80
const CONTINUATION = 0x0
const TEXT = 0x1
const BINARY = 0x2
const CLOSE = 0x8
const PING = 0x9
const PONG = 0xa
const NO_CODE = 1005
/** Of the longest head: two bytes and eight of length. */
const LONGEST_HEAD_BYTES = 10

/**
 * Reads a server's frames (RFC 6455 section 5), wherever their chunks are cut, without extensions. A message in one chunk is handed on as a part of
 * it and not copied. UTF-8 is not validated: that is the application's matter, and would be charged to the driver. Throws `BadFrame`.
 */
export class FrameReader {
  readonly #listener: FrameListener
  /** What came of a frame that is not whole yet, and how many bytes it needs to go on. */
  #parts: Buffer[] = []
  #partsBytes = 0
  #neededBytes = 0
  /** Payloads of a message's frames so far; `null` where none is open. */
  #fragments: Buffer[] | null = null
  #fragmentsBytes = 0
  #isClosed = false

  constructor(listener: FrameListener) {
    this.#listener = listener
  }

  push(chunk: Buffer): void {
    let bytes = chunk
    if (this.#partsBytes > 0) {
      this.#keep(chunk)
      if (this.#partsBytes < this.#neededBytes) return
      bytes = Buffer.concat(this.#parts, this.#partsBytes)
      this.#parts = []
      this.#partsBytes = 0
    }
    let at = 0
    while (at < bytes.length && !this.#isClosed) {
      const end = this.#readFrame(bytes, at)
      if (end === null) return this.#keep(bytes.subarray(at))
      at = end
    }
  }

  #keep(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#partsBytes += bytes.length
  }

  /** Takes the frame that begins at a place, and returns the place after it; `null` where it is not whole. */
  #readFrame(bytes: Buffer, at: number): number | null {
    const left = bytes.length - at
    if (left < 2) return this.#need(2)
    const first = bytes[at] as number
    const second = bytes[at + 1] as number
    refuseBits(first, second)
    let headBytes = 2
    let length = second
    if (second === 126) {
      headBytes = 4
      if (left < headBytes) return this.#need(headBytes)
      length = bytes.readUInt16BE(at + 2)
    } else if (second === 127) {
      headBytes = LONGEST_HEAD_BYTES
      if (left < headBytes) return this.#need(headBytes)
      length = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6)
    }
    const opcode = first & 0x0f
    this.#refuseFrame(opcode, (first & FINAL) !== 0, length)
    const end = at + headBytes + length
    if (end > bytes.length) return this.#need(headBytes + length)
    this.#take(opcode, (first & FINAL) !== 0, bytes.subarray(at + headBytes, end))
    return end
  }

  #need(bytes: number): null {
    this.#neededBytes = bytes
    return null
  }

  /** Before its payload is waited for. */
  #refuseFrame(opcode: number, isFinal: boolean, length: number): void {
    switch (opcode) {
      case CLOSE:
      case PING:
      case PONG:
        if (!isFinal) throw new BadFrame('a control frame in one piece', 'a fragment')
        if (length > LARGEST_CONTROL_BYTES)
          throw new BadFrame(`at most ${LARGEST_CONTROL_BYTES} bytes in a control frame`, `${length}`)
        return
      case CONTINUATION:
        if (this.#fragments === null) throw new BadFrame('the start of a message', 'its continuation')
        break
      case TEXT:
      case BINARY:
        if (this.#fragments !== null) throw new BadFrame('the continuation of a message', 'another message')
        break
      default:
        throw new BadFrame('a frame of RFC 6455', `opcode ${opcode}`)
    }
    const bytes = this.#fragmentsBytes + length
    if (bytes > LARGEST_MESSAGE_BYTES) throw new BadFrame(`a message of at most ${LARGEST_MESSAGE_BYTES} bytes`, `${bytes}`)
  }

  #take(opcode: number, isFinal: boolean, payload: Buffer): void {
    if (opcode === PING) this.#listener.onPing(payload)
    else if (opcode === CLOSE) this.#close(payload)
    else if (opcode !== PONG) this.#takeData(isFinal, payload)
  }

  #takeData(isFinal: boolean, payload: Buffer): void {
    if (this.#fragments === null && isFinal) return this.#listener.onMessage(payload)
    this.#fragments ??= []
    // Frames without a payload cost nothing to send and must cost nothing to keep.
    if (payload.length > 0) this.#fragments.push(payload)
    this.#fragmentsBytes += payload.length
    if (!isFinal) return
    const message = Buffer.concat(this.#fragments)
    this.#fragments = null
    this.#fragmentsBytes = 0
    this.#listener.onMessage(message)
  }

  #close(payload: Buffer): void {
    if (payload.length === 1) throw new BadFrame('a close code of two bytes', 'one byte')
    this.#isClosed = true
    this.#listener.onClose(payload.length === 0 ? NO_CODE : payload.readUInt16BE(0))
  }
}

function refuseBits(first: number, second: number): void {
  if ((first & RESERVED) !== 0) throw new BadFrame('no extension', 'reserved bits')
  if ((second & MASKED) !== 0) throw new BadFrame("a server's frame without a mask", 'a masked one')
}
