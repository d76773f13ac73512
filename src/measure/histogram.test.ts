import fc from 'fast-check'
import hdr, { type JsHistogram } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { EMPTY_DISTRIBUTION } from '../model/trial.js'
import { decodeHistogram, distribution, HIGHEST_US, Histogram, mergeHistograms } from './histogram.js'

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const us of values) histogram.record(us)
  return histogram
}

/** Values from microseconds to an hour, small and great ones alike. */
const anyUs = fc.tuple(fc.double({ min: 0, max: 9.556, noNaN: true })).map(([power]) => Math.round(10 ** power - 1))
const someValues = fc.array(anyUs, { minLength: 1, maxLength: 300 })

/** The least value that at least so many percent of the values do not exceed. */
function nearestRank(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length - 1e-9) - 1)] as number
}

function expectToThreeDigits(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(expected * 1e-3)
}

describe('a histogram', () => {
  it('has the percentiles of its values to three digits', () => {
    fc.assert(
      fc.property(someValues, fc.constantFrom(0.1, 1, 25, 50, 90, 95, 99, 99.9, 100), (values, percent) => {
        expectToThreeDigits(histogramOf(values).percentile(percent), nearestRank(values, percent))
      }),
    )
  })

  it('has their count, least, greatest and mean', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const histogram = histogramOf(values)
        expect(histogram.count).toBe(values.length)
        expectToThreeDigits(histogram.min, Math.min(...values))
        expect(histogram.max).toBe(Math.max(...values))
        expectToThreeDigits(histogram.mean, values.reduce((sum, us) => sum + us, 0) / values.length)
      }),
    )
  })

  it('is the same whether the values were recorded in one or in several that are merged', () => {
    fc.assert(
      fc.property(fc.array(someValues, { minLength: 1, maxLength: 5 }), (shards) => {
        const merged = mergeHistograms(shards.map((values) => histogramOf(values).encode()))
        const whole = decodeHistogram(histogramOf(shards.flat()).encode())
        expect([...merged.values()]).toEqual([...whole.values()])
        // The texts may differ in the range that they name, never in a figure.
        expect({ ...distribution(merged), histogram: null }).toEqual({ ...distribution(whole), histogram: null })
      }),
    )
  })

  it('is read again as it was written, and may be recorded into further', () => {
    fc.assert(
      fc.property(someValues, anyUs, (values, more) => {
        const histogram = histogramOf(values)
        const read = decodeHistogram(histogram.encode())
        expect([...read.values()]).toEqual([...histogram.values()])
        expect(read.encode()).toBe(histogram.encode())
        read.record(more)
        expect(read.count).toBe(values.length + 1)
      }),
    )
  })

  it('counts each value where the library would, at the borders of every power of two too', () => {
    const borders = Array.from({ length: 32 }, (_, power) => [-1, 0, 1].map((step) => 2 ** power + step)).flat()
    fc.assert(
      fc.property(
        fc.constantFrom(...borders, HIGHEST_US).map((us) => Math.min(us, HIGHEST_US)),
        someValues,
        (border, values) => {
          const ours = histogramOf([border, ...values])
          const theirs = hdr.build({
            highestTrackableValue: HIGHEST_US,
            numberOfSignificantValueDigits: 3,
            useWebAssembly: false,
          }) as JsHistogram
          for (const us of [border, ...values]) theirs.recordValue(us)
          for (const [us, count] of ours.values())
            expect(theirs.getCountAtIndex(theirs.countsArrayIndex(us)), `${us}`).toBe(count)
          expect(ours.count).toBe(theirs.totalCount)
        },
      ),
    )
  })

  it('gives every value with its count, in ascending order', () => {
    expect([...histogramOf([3, 0, 3, 2_000]).values()]).toEqual([
      [0, 1],
      [3, 2],
      [2_000, 1],
    ])
    expect([...new Histogram().values()]).toEqual([])
  })

  it('counts a value as often as it is told, and not at all where that is 0', () => {
    const histogram = new Histogram()
    histogram.record(10, 3)
    histogram.record(20, 0)
    histogram.record(30, 3_000_000_000)
    expect(histogram.count).toBe(3_000_000_003)
    expect(decodeHistogram(histogram.encode()).count).toBe(3_000_000_003)
    expect(histogram.max).toBe(30)
  })

  it.each([
    ['a fraction as the whole number that is nearest', 0.6, 1],
    ['a fraction below a half as 0', 0.4, 0],
    ['what is negative as 0', -5, 0],
    ['an hour as an hour', HIGHEST_US, HIGHEST_US],
    ['more than an hour as an hour', HIGHEST_US * 40, HIGHEST_US],
    ['what is infinite as an hour', Number.POSITIVE_INFINITY, HIGHEST_US],
  ])('records %s', (_, us, expected) => {
    const histogram = histogramOf([us])
    expect([histogram.count, histogram.max]).toEqual([1, expected])
    expectToThreeDigits(histogram.min, expected)
    expectToThreeDigits(histogram.percentile(50), expected)
  })

  it('refuses what is no number, which must not become the best latency there is', () => {
    expect(() => new Histogram().record(Number.NaN)).toThrow('got NaN')
  })

  it('never has a percentile above its greatest value', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const histogram = histogramOf(values)
        for (const percent of [50, 99, 99.9, 100]) expect(histogram.percentile(percent)).toBeLessThanOrEqual(histogram.max)
      }),
    )
  })

  it('may be emptied', () => {
    const histogram = histogramOf([5, 6])
    histogram.reset()
    expect([histogram.count, ...histogram.values()]).toEqual([0])
    histogram.record(9)
    expect([histogram.min, histogram.max]).toEqual([9, 9])
  })
})

describe('the distribution of nothing', () => {
  it('has no figures, and none that is 0', () => {
    expect(distribution(new Histogram())).toEqual(EMPTY_DISTRIBUTION)
    expect(distribution(mergeHistograms([new Histogram().encode()]))).toEqual(EMPTY_DISTRIBUTION)
    expect(new Histogram().percentile(50)).toBeNaN()
  })
})

describe('a text that is no histogram', () => {
  it.each(['', 'AAAA', 'not base64 at all!', 'HISTFAAAAA=='])('is refused: %j', (text) => {
    expect(() => decodeHistogram(text)).toThrow()
  })
})
