import hdr, { type JsHistogram } from 'hdr-histogram-js'
import { type Distribution, EMPTY_DISTRIBUTION } from '../model/trial.js'

/**
 * The range and precision of every histogram: 1 us to 1 h, 3 significant digits.
 * @internal for its test
 */
export const HIGHEST_US = 3_600_000_000
const SIGNIFICANT_DIGITS = 3

/**
 * Counts of whole microseconds. The one place that knows hdr-histogram-js, which throws on what is negative,
 * not a number or out of range, and keeps 0.6 as 0 while its maximum says 0.6: hence the rounding and clamping here.
 */
export class Histogram {
  readonly #hdr: JsHistogram

  /** `likelyUs`: of the greatest value, for which room is made at once; beyond it the histogram grows by itself. */
  constructor(from?: JsHistogram, likelyUs = 2) {
    // autoResize: most histograms end far below an hour, and there may be hundreds of them.
    this.#hdr =
      from ??
      (hdr.build({
        lowestDiscernibleValue: 1,
        highestTrackableValue: Math.max(2, likelyUs),
        numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
        bitBucketSize: 32,
        autoResize: true,
        useWebAssembly: false,
      }) as JsHistogram)
    const { lowestDiscernibleValue, numberOfSignificantValueDigits } = this.#hdr
    if (lowestDiscernibleValue === 1 && numberOfSignificantValueDigits === SIGNIFICANT_DIGITS)
      this.#hdr.countsArrayIndex = countsIndex
  }

  /**
   * Records a value in microseconds; what is below 0 counts as 0 and what is above an hour as an hour.
   * Throws where it is no number: a latency that nobody knows must not become the best there is.
   */
  record(us: number, count = 1): void {
    if (Number.isNaN(us)) throw new RangeError('expected a time in microseconds, got NaN')
    const value = us > 0 ? (us < HIGHEST_US ? Math.round(us) : HIGHEST_US) : 0
    if (count === 1) this.#hdr.recordValue(value)
    else if (count > 0) this.#hdr.recordValueWithCount(value, count)
  }

  /** Adds all that another histogram holds. The only way in which percentiles of several sources may be combined. */
  add(other: Histogram): void {
    if (other.count > 0) this.#hdr.add(other.#hdr)
  }

  reset(): void {
    this.#hdr.reset()
  }

  get count(): number {
    return this.#hdr.totalCount
  }

  /** `NaN` where nothing was recorded, like all figures below. */
  get min(): number {
    if (this.count === 0) return Number.NaN
    return this.#hdr.getCountAtIndex(0) > 0 ? 0 : this.#hdr.minNonZeroValue
  }

  get max(): number {
    return this.count === 0 ? Number.NaN : this.#hdr.maxValue
  }

  get mean(): number {
    return this.count === 0 ? Number.NaN : this.#hdr.mean
  }

  /** The least recorded value that at least so many percent (0 to 100) of the values do not exceed, to 3 digits. */
  percentile(percent: number): number {
    if (this.count === 0) return Number.NaN
    return Math.min(this.#hdr.getValueAtPercentile(percent), this.max)
  }

  /** Every value (the middle of its bucket) with its count, in ascending order. */
  *values(): Generator<[us: number, count: number]> {
    const last = this.count === 0 ? -1 : this.#hdr.countsArrayIndex(this.#hdr.maxValue)
    for (let index = 0; index <= last; index++) {
      const count = this.#hdr.getCountAtIndex(index)
      if (count > 0) yield [this.#hdr.medianEquivalentValue(this.#hdr.valueFromIndex(index)), count]
    }
  }

  /** How many values are above this one (in microseconds), to 3 digits. */
  countAbove(us: number): number {
    const last = this.count === 0 ? -1 : this.#hdr.countsArrayIndex(this.#hdr.maxValue)
    let above = 0
    for (let index = this.#hdr.countsArrayIndex(Math.floor(us)) + 1; index <= last; index++)
      above += this.#hdr.getCountAtIndex(index)
    return above
  }

  /** HDR V2, compressed, base64. */
  encode(): string {
    return hdr.encodeIntoCompressedBase64(this.#hdr)
  }
}

/** Reads what `encode` wrote. Throws where the text is no such histogram. */
export function decodeHistogram(base64: string): Histogram {
  const decoded = hdr.decodeFromCompressedBase64(base64, 32, false) as JsHistogram
  decoded.autoResize = true
  return new Histogram(decoded)
}

/** Log2 of half the 2,048 steps that 3 digits need in each power of two. */
const HALF_STEPS_LOG2 = 10

/**
 * Where the library counts a value (0 to 2^32 - 1) at our precision: the same index, by whole numbers. Its own way takes a logarithm and two
 * powers for each record, which was half of what recording cost a driver.
 */
function countsIndex(value: number): number {
  const bucket = Math.max(0, 31 - HALF_STEPS_LOG2 - Math.clz32(value))
  return ((bucket + 1) << HALF_STEPS_LOG2) + (value >>> bucket) - (1 << HALF_STEPS_LOG2)
}

export function distribution(histogram: Histogram): Distribution {
  if (histogram.count === 0) return EMPTY_DISTRIBUTION
  return {
    count: histogram.count,
    min: histogram.min,
    mean: Math.round(histogram.mean * 10) / 10,
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p95: histogram.percentile(95),
    p99: histogram.percentile(99),
    p999: histogram.percentile(99.9),
    max: histogram.max,
    histogram: histogram.encode(),
  }
}

/** Adds encoded histograms. */
export function mergeHistograms(encoded: Iterable<string>): Histogram {
  const merged = new Histogram()
  for (const text of encoded) merged.add(decodeHistogram(text))
  return merged
}
