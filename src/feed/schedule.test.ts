import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeedSpec } from '../model/plan.js'
import { anyFeed, buildFeed, buildTraceFeed } from '../testing/feeds.js'
import { createSchedule, meanPauseUs, type Schedule } from './schedule.js'
import { positionsIn } from './windows.js'

function offsets(schedule: Schedule, count: number): number[] {
  return Array.from({ length: count }, (_, index) => schedule.offsetUs(index + 1))
}

function gapsOf(feed: FeedSpec, count: number): number[] {
  const times = [0, ...offsets(createSchedule(feed, null), count)]
  return times.slice(1).map((us, index) => us - (times[index] as number))
}

describe('every schedule', () => {
  it('never goes back, and counts what is due before each offset', () => {
    fc.assert(
      fc.property(anyFeed, ({ feed, trace }) => {
        const times = offsets(createSchedule(feed, trace), 600)
        const schedule = createSchedule(feed, trace)
        for (const [index, us] of times.entries()) {
          if (index > 0) expect(us).toBeGreaterThanOrEqual(times[index - 1] as number)
          if (us === Number.POSITIVE_INFINITY) continue
          expect(schedule.countBefore(us)).toBe(times.indexOf(us))
          // Those that follow the last one that was asked for may be due with it.
          if (us < (times.at(-1) as number))
            expect(schedule.countBefore(us + 1)).toBe(times.findLastIndex((other) => other <= us) + 1)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('says the same whatever it was asked before, forwards or backwards', () => {
    const questions = fc.array(fc.record({ position: fc.integer({ min: 1, max: 2_000 }), counts: fc.boolean() }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(anyFeed, questions, ({ feed, trace }, asked) => {
        const times = offsets(createSchedule(feed, trace), 2_000)
        const schedule = createSchedule(feed, trace)
        for (const { position, counts } of asked) {
          const us = times[position - 1] as number
          if (counts && us !== Number.POSITIVE_INFINITY) expect(schedule.countBefore(us)).toBe(times.indexOf(us))
          else expect(schedule.offsetUs(position)).toBe(us)
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each(['periodic', 'poisson', 'burst'] as const)('has nothing due before its start: %s', (arrival) => {
    const schedule = createSchedule(buildFeed({ arrival, burst: { size: 3, gapUs: 10, spread: 1 } }), null)
    for (const us of [-1e9, -1, 0]) expect(schedule.countBefore(us)).toBe(0)
  })

  it('deals each message to one of the windows that adjoin', () => {
    const schedule = createSchedule(buildFeed({ arrival: 'poisson', ratePerSec: 300 }), null)
    const epochUs = 5_000_000
    const edges = [0, 700_000, 700_001, 2_000_000, 9_000_000].map((us) => us + epochUs)
    const windows = edges.slice(1).map((endUs, index) => ({ startUs: edges[index] as number, endUs, side: null, tag: null }))
    const ranges = positionsIn(schedule, epochUs, windows)
    expect(ranges[0]?.first).toBe(1)
    for (const [index, { first }] of ranges.slice(1).entries()) expect(first).toBe((ranges[index]?.last ?? 0) + 1)
    expect(ranges.at(-1)?.last).toBe(schedule.countBefore(9_000_000))
  })
})

describe('a seed', () => {
  it.each(['poisson', 'burst'] as const)('makes the same times again, and another others: %s', (arrival) => {
    const feed = buildFeed({ arrival, burst: { size: 4, gapUs: 500, spread: 1 } })
    const times = (seed: number) => offsets(createSchedule({ ...feed, seed }, null), 50)
    expect(times(0x1234abcd)).toEqual(times(0x1234abcd))
    expect(times(0x1234abcd)).not.toEqual(times(0x1234abce))
  })
})

describe('the mean rate comes out', () => {
  it.each<[string, Partial<FeedSpec>, number]>([
    ['periodic', { ratePerSec: 7 }, 1e-4],
    ['poisson', { arrival: 'poisson', ratePerSec: 50 }, 0.02],
    ['burst', { arrival: 'burst', ratePerSec: 50, burst: { size: 5, gapUs: 2_000, spread: 0.5 } }, 0.05],
    ['burst without spread', { arrival: 'burst', ratePerSec: 50, burst: { size: 5, gapUs: 2_000, spread: 0 } }, 1e-3],
  ])('over a long time: %s', (_, parts, tolerance) => {
    const feed = buildFeed(parts)
    const seconds = 60_000 / feed.ratePerSec
    const ratio = createSchedule(feed, null).countBefore(seconds * 1e6) / 60_000
    expect(Math.abs(ratio - 1)).toBeLessThan(tolerance)
  })
})

describe('a periodic feed', () => {
  it('begins half a period in, so that a window of whole periods holds what it should', () => {
    const schedule = createSchedule(buildFeed({ ratePerSec: 20 }), null)
    expect(offsets(schedule, 3)).toEqual([25_000, 75_000, 125_000])
    expect(schedule.countBefore(6e6) - schedule.countBefore(1e6)).toBe(100)
  })

  it('does not drift where its period is no whole number of microseconds', () => {
    expect(createSchedule(buildFeed({ ratePerSec: 3 }), null).offsetUs(3_000_000)).toBe(999_999_833_333)
  })
})

describe('a Poisson feed', () => {
  it('has exponential gaps', () => {
    const sorted = gapsOf(buildFeed({ arrival: 'poisson', ratePerSec: 20 }), 20_000).sort((a, b) => a - b)
    const distances = sorted.map((us, index) => Math.abs(1 - Math.exp(-us / 50_000) - (index + 0.5) / sorted.length))
    // Kolmogorov and Smirnov at 1 %.
    expect(Math.max(...distances)).toBeLessThan(1.63 / Math.sqrt(sorted.length))
  })

  it('has gaps that do not depend on the one before', () => {
    const gaps = gapsOf(buildFeed({ arrival: 'poisson', ratePerSec: 20 }), 20_000)
    const products = gaps.slice(1).map((us, index) => (us - 50_000) * ((gaps[index] as number) - 50_000))
    const correlation = products.reduce((sum, product) => sum + product, 0) / products.length / 50_000 ** 2
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(gaps.length))
  })
})

describe('a feed of bursts', () => {
  it('is as uneven as a stock ticker with its parameters', () => {
    const feed = buildFeed({ arrival: 'burst', ratePerSec: 0.745, burst: { size: 2.5, gapUs: 6_000, spread: 1.1 } })
    const gaps = gapsOf(feed, 40 * 2_671)
    const sorted = [...gaps].sort((a, b) => a - b)
    const medianMs = (sorted[sorted.length >> 1] as number) / 1e3
    expect(medianMs).toBeGreaterThan(5.5)
    expect(medianMs).toBeLessThan(22)
    const meanSec = gaps.reduce((sum, us) => sum + us, 0) / gaps.length / 1e6
    expect(Math.abs(meanSec / 1.342 - 1)).toBeLessThan(0.1)
    const longest = Array.from({ length: 40 }, (_, part) => Math.max(...gaps.slice(part * 2_671, (part + 1) * 2_671)) / 1e6)
    const typical = longest.sort((a, b) => a - b)[20] as number
    expect(typical).toBeGreaterThan(15)
    expect(typical).toBeLessThan(120)
  })

  it('is exact where nothing is left to chance', () => {
    const feed = buildFeed({ arrival: 'burst', ratePerSec: 6, burst: { size: 3, gapUs: 10_000, spread: 0 } })
    expect(meanPauseUs(6, 3, 10_000)).toBe(480_000)
    expect(offsets(createSchedule(feed, null), 7)).toEqual([240_000, 250_000, 260_000, 740_000, 750_000, 760_000, 1_240_000])
  })
})

describe('a trace', () => {
  const offsetsUs = [0, 1_000, 1_000, 4_000]

  it.each<[string, { speed?: number; loop?: boolean }, number[]]>([
    ['once', {}, [0, 1_000, 1_000, 4_000, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
    ['twice as fast', { speed: 2 }, [0, 500, 500, 2_000, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
    ['again and again, a mean gap after its end', { loop: true }, [0, 1_000, 1_000, 4_000, 5_333, 6_333]],
    ['again and again, slower', { loop: true, speed: 0.5 }, [0, 2_000, 2_000, 8_000, 10_666, 12_666]],
  ])('is replayed %s', (_, parts, expected) => {
    const { feed, trace } = buildTraceFeed(offsetsUs, parts)
    expect(offsets(createSchedule(feed, trace), 6)).toEqual(expected)
  })

  it('has all its messages before the end of time, and not one more', () => {
    const { feed, trace } = buildTraceFeed(offsetsUs)
    expect(createSchedule(feed, trace).countBefore(1e15)).toBe(4)
  })

  it('of one message has a length too', () => {
    const { feed, trace } = buildTraceFeed([5_000], { loop: true })
    expect(offsets(createSchedule(feed, trace), 3)).toEqual([5_000, 15_000, 25_000])
  })
})

describe('a feed without what it is made of', () => {
  it.each<[string, Partial<FeedSpec>]>([
    ['a burst', { arrival: 'burst' }],
    ['a trace', { arrival: 'trace' }],
  ])('is refused: %s', (_, parts) => {
    expect(() => createSchedule(buildFeed(parts), null)).toThrow('without its')
  })
})

describe('a feed that goes on for long', () => {
  const LONG = 3_000_000

  it.each(['poisson', 'burst'] as const)(
    'says the same of its beginning as of its end, however much of it was forgotten: %s',
    (arrival) => {
      const feed = buildFeed({ arrival, ratePerSec: 1_000, burst: { size: 4, gapUs: 50, spread: 1 } })
      const long = createSchedule(feed, null)
      const endUs = long.offsetUs(LONG)
      expect(long.countBefore(endUs)).toBe(LONG - 1)
      const positions = fc.array(fc.integer({ min: 1, max: LONG }), { minLength: 1, maxLength: 10 })
      fc.assert(
        fc.property(positions, (asked) => {
          // Ascending, one that never goes back needs nothing of what it remembers.
          const forward = createSchedule(feed, null)
          const expected = new Map(asked.toSorted((a, b) => a - b).map((position) => [position, forward.offsetUs(position)]))
          for (const [position, us] of expected) {
            expect(long.offsetUs(position)).toBe(us)
            expect(long.countBefore(us + 1)).toBeGreaterThanOrEqual(position)
          }
        }),
        { numRuns: 5 },
      )
    },
  )
})
