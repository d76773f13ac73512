import { appendFileSync } from 'node:fs'

/** A server may say any amount; so much of it is kept. */
const MOST_BYTES = 1 << 20
const LAST_WORDS = 2_000
const LAST_LINES = 3

/** What a server under test writes: its beginning in a file, its end for whoever asks why it ended. */
export class OutputLog {
  readonly #file: string | null
  #bytes = 0
  #lastWords = ''

  /** `file`: `null` where nothing is to be written. */
  constructor(file: string | null) {
    this.#file = file
  }

  add(chunk: Buffer): void {
    this.#lastWords = (this.#lastWords + chunk.toString('utf8')).slice(-LAST_WORDS)
    if (this.#file === null || this.#bytes >= MOST_BYTES) return
    const kept = chunk.subarray(0, MOST_BYTES - this.#bytes)
    this.#bytes += kept.length
    this.#append(kept)
    if (this.#bytes >= MOST_BYTES) this.#append(Buffer.from(`\nfeedbench: what came after ${MOST_BYTES} bytes is not kept\n`))
  }

  /** `, saying: ...` with the last lines that are not empty, or nothing. */
  get said(): string {
    const lines = this.#lastWords
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    return lines.length === 0 ? '' : `, saying: ${lines.slice(-LAST_LINES).join(' / ')}`
  }

  /** A disk that is full must not end a trial. */
  #append(bytes: Buffer): void {
    try {
      if (this.#file !== null) appendFileSync(this.#file, bytes)
    } catch {
      this.#bytes = MOST_BYTES
    }
  }
}
