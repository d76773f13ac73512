import { decodeHistogram, Histogram } from './histogram.js'

/** A trial's series has at most so many points; longer blocks beyond that. */
const MOST_BLOCKS = 600
const SHORTEST_BLOCK_US = 1e6
/** Blocks that are held ready to be counted in; older ones are kept encoded, which takes a tenth of the memory. */
const MOST_OPEN = 64

/** Length of a block in microseconds: a second, or whole seconds where the windows would have over 600. */
export function blockLengthUs(totalUs: number): number {
  return SHORTEST_BLOCK_US * Math.max(1, Math.ceil(totalUs / SHORTEST_BLOCK_US / MOST_BLOCKS))
}

export interface Block {
  index: number
  delivered: number
  latencyUs: string
  bytesReceived: number
}

/** One histogram of latency for each block of publish times, in bounded memory. */
export class Blocks {
  readonly #open = new Map<number, Histogram>()
  #last = new Histogram()
  readonly #encoded = new Map<number, string>()
  readonly #bytes = new Map<number, number>()

  record(index: number, latencyUs: number): void {
    const block = this.#open.get(index) ?? this.#reopen(index)
    block.record(latencyUs)
  }

  addBytes(index: number, bytes: number): void {
    this.#bytes.set(index, (this.#bytes.get(index) ?? 0) + bytes)
  }

  finish(): Block[] {
    for (const index of [...this.#open.keys()]) this.#close(index)
    const indexes = [...new Set([...this.#encoded.keys(), ...this.#bytes.keys()])].sort((a, b) => a - b)
    return indexes.map((index) => {
      const latencyUs = this.#encoded.get(index) ?? new Histogram().encode()
      return { index, delivered: decodeHistogram(latencyUs).count, latencyUs, bytesReceived: this.#bytes.get(index) ?? 0 }
    })
  }

  #reopen(index: number): Histogram {
    const encoded = this.#encoded.get(index)
    // As large as the one before it: growing step by step takes longer than all else that a second of a quiet feed records.
    const likelyUs = this.#last.count === 0 ? 0 : this.#last.max
    const block = encoded === undefined ? new Histogram(undefined, likelyUs) : decodeHistogram(encoded)
    this.#last = block
    this.#open.set(index, block)
    if (this.#open.size > MOST_OPEN) {
      const others = [...this.#open.keys()].filter((key) => key !== index)
      this.#close(Math.min(...others))
    }
    return block
  }

  #close(index: number): void {
    this.#encoded.set(index, (this.#open.get(index) as Histogram).encode())
    this.#open.delete(index)
  }
}
