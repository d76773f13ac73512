import type { Clock } from '../measure/clock.js'
import { LoopShareMeter } from '../measure/loop-share.js'
import type { TrialWindow } from '../model/trial.js'

/**
 * Of which part of each window the event loop was at work. Over a gate's round as a whole a publisher looks idle that had no time left in its turns: the other side's are in
 * between. A loop that is too busy for its timers is measured until they come.
 */
export class LoopByWindow {
  readonly #shares: (number | null)[]
  readonly #timers: NodeJS.Timeout[] = []

  constructor(windows: readonly Pick<TrialWindow, 'startUs' | 'endUs'>[], clock: Clock) {
    this.#shares = windows.map(() => null)
    for (const [index, { startUs, endUs }] of windows.entries()) {
      const meter = new LoopShareMeter()
      const at = (timeUs: number, act: () => void) =>
        this.#timers.push(setTimeout(act, Math.max(0, Math.ceil((timeUs - clock.nowUs()) / 1e3))))
      at(startUs, () => meter.start())
      at(endUs, () => {
        this.#shares[index] = meter.stop()
      })
    }
  }

  /** 0 to 1; `null` where a window did not come to its end. */
  get shares(): (number | null)[] {
    return [...this.#shares]
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
