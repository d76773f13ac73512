import type { TrialProgress } from '../model/member.js'

/** Over how long a rate is taken: long enough for the 10 ms ticks of a processor's time to be 1 %. */
const SPAN_US = 1.2e6

/** What changes by the second, between the last reports of a trial. */
export class Rates {
  readonly #reports: { atUs: number; progress: TrialProgress }[] = []

  note(progress: TrialProgress, atUs: number): void {
    this.#reports.push({ atUs, progress })
    while (this.#reports.length > 2 && (this.#reports[1]?.atUs ?? atUs) <= atUs - SPAN_US) this.#reports.shift()
  }

  /** Of a figure that only grows; `null` while there are not two reports of it. */
  perSec(figure: (progress: TrialProgress) => number | null): number | null {
    const known = this.#reports.flatMap(({ atUs, progress }) => {
      const value = figure(progress)
      return value === null ? [] : [{ atUs, value }]
    })
    const [first, last] = [known[0], known.at(-1)]
    if (first === undefined || last === undefined || last.atUs <= first.atUs) return null
    return Math.max(0, (last.value - first.value) * 1e6) / (last.atUs - first.atUs)
  }
}
