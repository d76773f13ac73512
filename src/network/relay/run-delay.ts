import { closeSync, openSync, readSync } from 'node:fs'

/**
 * For how long this process's main thread has been ready to run without a processor so far, in microseconds, by the kernel's own account. Between
 * the arrival of bytes and the return of the poll that brings them lies this. 0 where the system does not tell.
 */
export class RunDelay {
  readonly #text = Buffer.alloc(96)
  #file: number | null = null

  constructor(path = `/proc/${process.pid}/task/${process.pid}/schedstat`) {
    try {
      this.#file = openSync(path, 'r')
    } catch {
      this.#file = null
    }
  }

  totalUs(): number {
    if (this.#file === null) return 0
    const length = readSync(this.#file, this.#text, 0, this.#text.length, 0)
    // Running, waiting (both in nanoseconds), and how often.
    return Math.round(Number(this.#text.toString('latin1', 0, length).split(' ')[1] ?? 0) / 1e3)
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}
