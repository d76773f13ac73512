/** Where a peer sends a line without an end, memory must have one. A message is 1 MiB at most. */
const LONGEST_LINE_BYTES = 2 << 20

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Cuts a stream of bytes into lines, wherever its chunks are cut. Lines end with LF or CR LF, which are not part of them. */
export class LineSplitter {
  readonly #onLine: (line: Buffer) => void
  #parts: Buffer[] = []
  #length = 0

  constructor(onLine: (line: Buffer) => void) {
    this.#onLine = onLine
  }

  /** Whether a line has begun that has not ended. */
  get isAmid(): boolean {
    return this.#length > 0
  }

  /** Calls back for each line that ends in this chunk. Throws where a line is too long. */
  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#emit(chunk.subarray(start, end))
      start = end + 1
    }
    if (start === chunk.length) return
    this.#parts.push(start === 0 ? chunk : chunk.subarray(start))
    this.#length += chunk.length - start
    if (this.#length > LONGEST_LINE_BYTES)
      throw new Error(`expected lines of at most ${LONGEST_LINE_BYTES} bytes, got ${this.#length} without an end`)
  }

  #emit(last: Buffer): void {
    let line = last
    if (this.#parts.length > 0) {
      line = Buffer.concat([...this.#parts, last])
      this.#parts = []
      this.#length = 0
    }
    this.#onLine(line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line)
  }
}
