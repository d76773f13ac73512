import type { TrialWindow } from '../model/trial.js'

/**
 * For how long a driver did not run, by slice. What comes late because of it may be of any slice that the time touched, and the time between two slices belongs to both: their last
 * messages arrive in it, and so do the first of the next that the driver has to catch up with.
 */
export class FrozenSlices {
  readonly #slices: readonly Pick<TrialWindow, 'startUs' | 'endUs'>[]
  readonly #frozenUs: number[]

  /** In the order of time. */
  constructor(slices: readonly Pick<TrialWindow, 'startUs' | 'endUs'>[]) {
    this.#slices = slices
    this.#frozenUs = slices.map(() => 0)
  }

  /** At some time from `fromUs` to `toUs` the driver did not run for `frozenUs`. */
  note(fromUs: number, toUs: number, frozenUs: number): void {
    for (const [index, { startUs }] of this.#slices.entries()) {
      const earliestUs = this.#slices[index - 1]?.endUs ?? startUs
      const latestUs = this.#slices[index + 1]?.startUs ?? Number.POSITIVE_INFINITY
      if (toUs > earliestUs && fromUs < latestUs) this.#frozenUs[index] = (this.#frozenUs[index] ?? 0) + frozenUs
    }
  }

  /** In microseconds, a whole number for each slice. */
  get frozenUs(): number[] {
    return this.#frozenUs.map(Math.round)
  }
}
