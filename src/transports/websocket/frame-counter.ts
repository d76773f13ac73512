/** Opcodes from here on are control frames, which may come between the frames of a message. */
const FIRST_CONTROL_OPCODE = 8

/** Counts the messages that end in a stream of a server's frames (RFC 6455 section 5.2), wherever its chunks are cut. */
export class FrameCounter {
  /** Bytes of a head that is not complete yet. */
  #head: number[] = []
  #payloadLeft = 0
  #endsMessage = false

  /** How many messages end in this chunk. */
  push(chunk: Buffer): number {
    let messages = 0
    for (let at = 0; at < chunk.length; ) {
      if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, chunk.length - at)
        this.#payloadLeft -= taken
        at += taken
      } else {
        this.#head.push(chunk[at++] as number)
        if (!this.#readHead()) continue
      }
      if (this.#payloadLeft === 0 && this.#endsMessage) {
        messages++
        this.#endsMessage = false
      }
    }
    return messages
  }

  /** Whether the head is complete; its frame's payload is what comes next. */
  #readHead(): boolean {
    const [first = 0, second = 0] = this.#head
    const short = second & 0x7f
    const needed = short === 127 ? 10 : short === 126 ? 4 : 2
    if (this.#head.length < needed) return false
    this.#payloadLeft = needed === 2 ? short : this.#head.slice(2).reduce((length, byte) => length * 256 + byte, 0)
    this.#endsMessage = (first & 0x80) !== 0 && (first & 0x0f) < FIRST_CONTROL_OPCODE
    this.#head = []
    return true
  }
}
