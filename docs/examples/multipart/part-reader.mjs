/** Whatever a server sends, memory must have an end. A message is 1 MiB at most. */
const LONGEST_HEAD_BYTES = 1_024
const LONGEST_TEXT_BYTES = 2 << 20

/** Cuts the bytes of a multipart body into the texts of its parts, wherever the chunks begin and end. */
export class PartReader {
  #bytes = Buffer.alloc(0)
  #boundary

  constructor(/** @type {string} */ boundary) {
    this.#boundary = boundary
  }

  /**
   * The texts that are whole by now: each as soon as its last byte is there, and not when the next part begins.
   * Throws where the bytes make no sense.
   * @param {Buffer} chunk
   */
  push(chunk) {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    const texts = []
    for (let text = this.#take(); text !== undefined; text = this.#take()) texts.push(text)
    return texts
  }

  #take() {
    const end = this.#bytes.indexOf('\r\n\r\n')
    if (end > LONGEST_HEAD_BYTES || (end < 0 && this.#bytes.length > LONGEST_HEAD_BYTES))
      throw new Error(`expected a part's head of at most ${LONGEST_HEAD_BYTES} bytes`)
    if (end < 0) return undefined
    const head = this.#bytes.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length: (\d{1,8})(\r\n|$)/i.exec(head)?.[1] ?? Number.NaN)
    if (!head.startsWith(`\r\n--${this.#boundary}\r\n`) || !(length <= LONGEST_TEXT_BYTES))
      throw new Error(`expected the head of a part, got ${JSON.stringify(head.slice(0, 80))}`)
    const start = end + 4
    if (this.#bytes.length < start + length) return undefined
    const text = this.#bytes.subarray(start, start + length)
    this.#bytes = this.#bytes.subarray(start + length)
    return text
  }
}
