/** What one direction of one connection may hold at most: what 100 Mbit/s carry in 80 ms. */
const MOST_BYTES = 1 << 20
/** What it may hold however many there are: a read. */
const LEAST_BYTES = 16 << 10
/** For all together. Directions share it evenly, so that readers that have stopped leave the others theirs. */
const POOL_BYTES = 128 << 20

/** How much a relay holds, and how much each direction may: beyond that its sender is read no further, and TCP tells it so. */
export class Allowance {
  #connections = 0
  #heldBytes = 0
  #maxHeldBytes = 0

  /** For one direction of one connection. */
  get bytes(): number {
    return Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Math.floor(POOL_BYTES / Math.max(1, 2 * this.#connections))))
  }

  get maxHeldBytes(): number {
    return this.#maxHeldBytes
  }

  opened(): void {
    this.#connections++
  }

  closed(): void {
    this.#connections--
  }

  add(bytes: number): void {
    this.#heldBytes += bytes
    if (this.#heldBytes > this.#maxHeldBytes) this.#maxHeldBytes = this.#heldBytes
  }
}
