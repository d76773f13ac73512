import type { RecentLatencies } from '../model/member.js'

/** Latencies that are kept between two readings, at most. */
const MOST = 1_024
/** Bins to each power of two, 4.4 % wide: enough to watch, and few to send. */
const BINS_PER_OCTAVE = 16

/**
 * Latencies of the deliveries since the last look, for whoever watches a run: every n-th delivery, n such that there are about a thousand. Costs a delivery
 * one subtraction, and is in no result.
 */
export class Recent {
  readonly #kept = new Float64Array(MOST)
  #count = 0
  #stride = 1
  #untilNext = 1

  note(latencyUs: number): void {
    if (--this.#untilNext > 0) return
    this.#untilNext = this.#stride
    this.#kept[this.#count++ % MOST] = latencyUs
  }

  /** What was kept since the last call, and begins anew. */
  take(): RecentLatencies {
    const bins = new Map<number, number>()
    const kept = Math.min(this.#count, MOST)
    for (let index = 0; index < kept; index++) {
      const bin = binOf(this.#kept[index] as number)
      bins.set(bin, (bins.get(bin) ?? 0) + this.#stride)
    }
    this.#stride = Math.max(1, Math.ceil((this.#count * this.#stride) / MOST))
    this.#untilNext = Math.min(this.#untilNext, this.#stride)
    this.#count = 0
    return [...bins]
  }
}

/** Percentiles (0 to 100) of what several drivers kept, to 2 %; `null` where nothing was. In microseconds. */
export function recentPercentiles(recents: readonly RecentLatencies[], percents: readonly number[]): (number | null)[] {
  const counts = new Map<number, number>()
  for (const [bin, count] of recents.flat()) counts.set(bin, (counts.get(bin) ?? 0) + count)
  const bins = [...counts].sort(([one], [other]) => one - other)
  const total = bins.reduce((sum, [, count]) => sum + count, 0)
  return percents.map((percent) => {
    let left = (percent / 100) * total
    for (const [bin, count] of bins) {
      left -= count
      if (left <= 1e-9) return middleOf(bin)
    }
    return null
  })
}

function binOf(us: number): number {
  return Math.floor(Math.log2(Math.max(1, us)) * BINS_PER_OCTAVE)
}

function middleOf(bin: number): number {
  return Math.round(2 ** ((bin + 0.5) / BINS_PER_OCTAVE))
}
