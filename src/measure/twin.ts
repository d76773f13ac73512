import type { TrialWindow } from '../model/trial.js'

/**
 * One sheet for what is in a window, and a like one that nobody reads for what is outside. So the warm-up is the same work as the windows: where it
 * leaves the counting out, V8 has optimised the driver for not counting, and a window begins with throwing that away and compiling anew,
 * which was a seventh of the processor time of its first 4 s (docs/decisions/0017-a-warm-up-like-a-window.md).
 */
export class Twin<Sheet> {
  readonly counted: Sheet
  readonly uncounted: Sheet
  readonly #both: readonly [Sheet, Sheet]

  constructor(make: () => Sheet) {
    this.counted = make()
    this.uncounted = make()
    this.#both = [this.uncounted, this.counted]
  }

  /** Without a branch, because one that was never taken is what V8 compiles for. */
  of(isCounted: boolean): Sheet {
    return this.#both[isCounted ? 1 : 0]
  }
}

/** Whether a moment is in a window. Both ends of each are looked at every time, and no return leaves the loop, for the reason that `Twin` gives. */
export function isWithin(windows: readonly TrialWindow[], us: number): boolean {
  let isInOne = false
  for (const { startUs, endUs } of windows) {
    const hasBegun = us >= startUs
    const isOver = us >= endUs
    if (hasBegun && !isOver) isInOne = true
  }
  return isInOne
}
