import type { TrialWindow } from '../model/trial.js'
import { Histogram } from './histogram.js'
import { Twin } from './twin.js'

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
  readonly #sheets = new Twin(() => new Ages())
  /** In the order in which a stretch of time is looked for in them; what is in no window is in the last. */
  #parts: readonly Part[] = this.#partsOf([])

  open(windows: readonly TrialWindow[]): void {
    this.#parts = this.#partsOf(windows)
  }

  #partsOf(windows: readonly TrialWindow[]): Part[] {
    const { counted, uncounted } = this.#sheets
    const always = { startUs: Number.NEGATIVE_INFINITY, endUs: Number.POSITIVE_INFINITY, ages: uncounted }
    return [...windows.map(({ startUs, endUs }) => ({ startUs, endUs, ages: counted })), always]
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
    let doneUs = countedToUs
    for (const { startUs, endUs, ages } of this.#parts) {
      const fromUs = Math.max(doneUs, startUs)
      const toUs = Math.min(us, endUs)
      if (toUs <= fromUs) continue
      ages.add(fromUs - newestUs, toUs - newestUs)
      doneUs = toUs
    }
    held.countedToUs = us
  }

  /** Mean age in microseconds; `null` where no client held anything in a window. */
  get meanUs(): number | null {
    const { areaUs2, observedUs } = this.#sheets.counted
    return observedUs === 0 ? null : areaUs2 / observedUs
  }

  /** Time over which ages were counted, summed over clients. */
  get observedUs(): number {
    return this.#sheets.counted.observedUs
  }

  get startAges(): Histogram {
    return this.#sheets.counted.startAges
  }

  get endAges(): Histogram {
    return this.#sheets.counted.endAges
  }
}

/** Stretches over which ages grew. */
class Ages {
  readonly startAges = new Histogram()
  readonly endAges = new Histogram()
  /** Area and time. Fields that begin as 0 would make one object of another shape from the other, until both have grown. */
  readonly #sums = new Float64Array(2)

  add(startAgeUs: number, endAgeUs: number): void {
    this.startAges.record(startAgeUs)
    this.endAges.record(endAgeUs)
    this.#sums[0] = this.areaUs2 + ((endAgeUs - startAgeUs) * (endAgeUs + startAgeUs)) / 2
    this.#sums[1] = this.observedUs + endAgeUs - startAgeUs
  }

  get areaUs2(): number {
    return this.#sums[0] as number
  }

  get observedUs(): number {
    return this.#sums[1] as number
  }
}

interface Part {
  startUs: number
  endUs: number
  ages: Ages
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
