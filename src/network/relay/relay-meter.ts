import type { Clock } from '../../measure/clock.js'
import { Histogram } from '../../measure/histogram.js'
import type { LinkDirection } from '../../model/network.js'
import type { RelayShard } from '../../model/shard.js'

/** What a relay achieved while a window is open. */
export class RelayMeter {
  isOpen = false
  readonly #clock: Clock
  readonly #delays: Record<LinkDirection, Histogram> = { toServer: new Histogram(), toClient: new Histogram() }
  readonly #lateness = new Histogram()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** To be called right after a write. `dueUs`: `null` where it was not for the relay to be on time. */
  record(direction: LinkDirection, arrivalUs: number, dueUs: number | null): void {
    if (!this.isOpen) return
    const nowUs = this.#clock.nowUs()
    this.#delays[direction].record(nowUs - arrivalUs)
    if (dueUs !== null) this.#lateness.record(Math.max(0, nowUs - dueUs))
  }

  encode(): Pick<RelayShard, 'toServerUs' | 'toClientUs' | 'latenessUs'> {
    return {
      toServerUs: this.#delays.toServer.encode(),
      toClientUs: this.#delays.toClient.encode(),
      latenessUs: this.#lateness.encode(),
    }
  }
}
