import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { seededRandom } from '../../feed/random.js'
import type { PlannedNetwork } from '../../model/network.js'

/** When bytes that enter a link leave it: one direction of one connection. Pure but for its own past. */
export class LinkDelays {
  readonly #delayUs: number
  readonly #jitterUs: number
  readonly #bytesPerUs: number | null
  readonly #random: ReturnType<typeof seededRandom> | null
  /** When the last byte so far will have been put on the link. */
  #sentUs = 0
  /** When the last byte so far leaves it: nothing overtakes. */
  #dueUs = 0

  constructor({ rttUs, jitterUs, bandwidthBytesPerSec }: PlannedNetwork, seed: number) {
    this.#delayUs = rttUs / 2
    this.#jitterUs = jitterUs / 2
    this.#bytesPerUs = bandwidthBytesPerSec === null ? null : bandwidthBytesPerSec / 1e6
    this.#random = jitterUs === 0 ? null : seededRandom(seed)
  }

  /**
   * For bytes that came at `arrivalUs`: they are put on the link after those before them, as fast as it is, and are on their way for the delay,
   * which varies evenly by the jitter. Like TCP, the link keeps their order: what would overtake leaves together with what is before it.
   */
  dueUs(arrivalUs: number, bytes: number): number {
    const sendingUs = this.#bytesPerUs === null ? 0 : bytes / this.#bytesPerUs
    this.#sentUs = Math.max(arrivalUs, this.#sentUs) + sendingUs
    const jitterUs = this.#random === null ? 0 : (2 * uniformFloat64(this.#random) - 1) * this.#jitterUs
    this.#dueUs = Math.max(this.#dueUs, this.#sentUs + this.#delayUs + jitterUs)
    return this.#dueUs
  }
}
