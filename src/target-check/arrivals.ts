import type { Codec } from '../feed/codec.js'
import type { Topics } from '../feed/source.js'
import { headOf, type Received } from './findings.js'

/** Which messages of the feed a client has, as its messages say. */
export class Arrivals {
  readonly #client: { readonly received: readonly Received[] }
  readonly #codec: Codec
  readonly #topics: Topics
  readonly #positions: number[] = []

  constructor(client: { readonly received: readonly Received[] }, codec: Codec, topics: Topics) {
    this.#client = client
    this.#codec = codec
    this.#topics = topics
  }

  /** Position in the feed of each message, in the order in which they came; 0 for what is none of it. */
  positions(): readonly number[] {
    const { received } = this.#client
    for (let index = this.#positions.length; index < received.length; index++) {
      const head = headOf(this.#codec, (received[index] as Received).text)
      this.#positions.push(head === undefined ? 0 : (this.#topics.position(head.topic, head.seq) ?? 0))
    }
    return [...this.#positions]
  }

  /** Whether all that was published came: a server may send old messages too. `null`: it publishes by itself, and so many messages are enough. */
  hasAll(published: readonly number[] | null, enough: number): boolean {
    const positions = this.positions()
    if (published === null) return positions.length >= enough
    const seen = new Set(positions)
    return published.every((position) => seen.has(position))
  }
}
