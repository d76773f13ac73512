import type { TrialWindow } from '../model/trial.js'
import { Histogram } from './histogram.js'

/** What one client holds: the intended time of its newest message, and until when its age has been counted. */
export interface Held {
  /** `NaN` before the first message. */
  newestUs: number
  countedToUs: number
}

/**
 * The age of the newest message that a client holds, over time. Between deliveries it grows with the clock, from an age `a` to an age
 * `b`; all that is needed later are the distributions of the `a` and of the `b`, because the time spent above an age x is
 * the sum of max(0, b - x) less the sum of max(0, a - x). So it is exact, for two records a delivery and no sampling.
 */
export class Staleness {
  readonly startAges = new Histogram()
  readonly endAges = new Histogram()
  #windows: readonly TrialWindow[] = []
  #areaUs2 = 0
  #observedUs = 0

  open(windows: readonly TrialWindow[]): void {
    this.#windows = windows
  }

  /** A client receives a message that is newer than what it held. */
  renew(held: Held, intendedUs: number, receivedUs: number): void {
    this.countTo(held, receivedUs)
    held.newestUs = intendedUs
    // Never back: what has been counted would be counted again.
    held.countedToUs = Math.max(held.countedToUs, receivedUs)
  }

  /** Counts the age of what a client holds up to a moment. */
  countTo(held: Held, us: number): void {
    const { newestUs, countedToUs } = held
    if (us <= countedToUs || Number.isNaN(newestUs)) return
    for (const { startUs, endUs } of this.#windows) {
      const fromUs = Math.max(countedToUs, startUs)
      const toUs = Math.min(us, endUs)
      if (toUs > fromUs) this.#count(fromUs - newestUs, toUs - newestUs)
    }
    held.countedToUs = us
  }

  /** Mean age in microseconds; `null` where no client held anything in a window. */
  get meanUs(): number | null {
    return this.#observedUs === 0 ? null : this.#areaUs2 / this.#observedUs
  }

  /** Time over which ages were counted, summed over clients. */
  get observedUs(): number {
    return this.#observedUs
  }

  #count(startAgeUs: number, endAgeUs: number): void {
    this.startAges.record(startAgeUs)
    this.endAges.record(endAgeUs)
    this.#areaUs2 += ((endAgeUs - startAgeUs) * (endAgeUs + startAgeUs)) / 2
    this.#observedUs += endAgeUs - startAgeUs
  }
}

/** Between two ages that occurred, the time at each age between them is told apart by steps of so great a share of the age. */
const STEP_SHARE = 0.004

/**
 * The time-weighted histogram of ages, from those at which stretches began and ended. One count is `unitUs` of one client's time:
 * a millisecond, or more where a histogram could not hold so many.
 */
export function agesOverTime(startAges: Histogram, endAges: Histogram): { ages: Histogram; unitUs: number } {
  const changes = new Map<number, number>()
  for (const [us, count] of startAges.values()) changes.set(us, (changes.get(us) ?? 0) + count)
  for (const [us, count] of endAges.values()) changes.set(us, (changes.get(us) ?? 0) - count)
  const points = [...changes].sort(([a], [b]) => a - b)
  const totalUs = Math.max(0, endAges.count * (endAges.mean || 0) - startAges.count * (startAges.mean || 0))
  const unitUs = 10 ** Math.max(3, Math.ceil(Math.log10(Math.max(1, totalUs))) - 9)

  const ages = new Histogram()
  let clients = 0
  let restUs = 0
  for (const [index, [us, change]] of points.entries()) {
    clients += change
    const nextUs = points[index + 1]?.[0] ?? us
    for (let fromUs = us; fromUs < nextUs && clients > 0; ) {
      const toUs = Math.min(nextUs, fromUs + Math.max(1, fromUs * STEP_SHARE))
      // What does not make a whole count is carried on, so that nothing is lost by rounding.
      restUs += clients * (toUs - fromUs)
      const count = Math.floor(restUs / unitUs)
      restUs -= count * unitUs
      ages.record((fromUs + toUs) / 2, count)
      fromUs = toUs
    }
  }
  return { ages, unitUs }
}
