import { describe, expect, test } from 'vitest'
import { distribution, Histogram } from '../measure/histogram.js'
import { EMPTY_DISTRIBUTION, type Trial } from '../model/trial.js'
import { buildTrial } from '../testing/builders.js'
import { medianInterval, percentileRanks, samplesNeeded } from './order-statistics.js'
import { effectiveSamples, latencyEstimates, latencyOverRounds, overRounds } from './uncertainty.js'

describe('ranks', () => {
  // By exact enumeration of the binomial distribution.
  test.each([
    [5, 50, null, null],
    [6, 50, 1, 6],
    [7, 50, 1, 7],
    [10, 50, 2, 9],
    [20, 50, 6, 15],
    [29, 50, 9, 21],
    [100, 99, 97, null],
    [500, 99, 490, 500],
    [1_000, 99.9, 997, null],
    [10_000, 99, 9_880, 9_920],
    [554, 50, 254, 301],
    [41_489, 99, 41_034, 41_114],
  ])('of %i samples for p%d are %j and %j', (n, percent, low, high) => {
    expect(percentileRanks(n, percent)).toEqual({ low, high })
  })

  test('by the normal distribution lie where the binomial has them', () => {
    // 8,100 samples of p50 are beyond what is added up term by term, 3,900 are not; of both the half width is 1.96 sigma.
    for (const n of [3_900, 8_100]) {
      const { low, high } = percentileRanks(n, 50)
      expect(Math.abs((low ?? 0) - (n / 2 - 0.98 * Math.sqrt(n)))).toBeLessThan(1.5)
      expect(Math.abs((high ?? 0) - (n / 2 + 0.98 * Math.sqrt(n)))).toBeLessThan(1.5)
    }
  })

  test('need 6, 36, 368 and 3,688 samples', () => {
    expect([50, 90, 99, 99.9].map(samplesNeeded)).toEqual([6, 36, 368, 3_688])
    for (const percent of [50, 90, 99, 99.9]) {
      expect(percentileRanks(samplesNeeded(percent), percent).high).not.toBeNull()
      expect(percentileRanks(samplesNeeded(percent) - 1, percent).high).toBeNull()
    }
  })
})

describe('what deliveries are worth', () => {
  test.each([
    [[52, 47, 55, 39, 61, 44, 58, 50, 49, 45], new Array<number>(10).fill(100), 554.1871921182266],
    [[10, 9, 11, 12], [1_000, 900, 1_100, 1_000], 41489.850249584015],
  ])('%j of %j', (above, deliveries, expected) => {
    const blocks = above.map((count, block) => ({ above: count, deliveries: deliveries[block] ?? 0 }))
    expect(effectiveSamples(blocks)).toBeCloseTo(expected, 6)
  })

  test('is nothing that one block could tell, nor blocks of which none has any above', () => {
    expect(effectiveSamples([{ deliveries: 100, above: 3 }])).toBeNull()
    expect(effectiveSamples([0, 0].map(() => ({ deliveries: 100, above: 0 })))).toBeNull()
    expect(effectiveSamples([])).toBeNull()
  })
})

/** Messages that are alike among each other and among their clients, as those of a server are that has good and bad moments. */
function drawTrial(
  random: () => number,
  blocks: number,
  messages: number,
  clients: number,
  likeness: number,
): Pick<Trial, 'latencyUs' | 'series'> {
  const whole = new Histogram()
  let mood = normal(random)
  const series = Array.from({ length: blocks }, (_, second) => {
    const block = new Histogram()
    for (let message = 0; message < messages; message++) {
      mood = likeness * mood + Math.sqrt(1 - likeness ** 2) * normal(random)
      for (let client = 0; client < clients; client++)
        block.record(latencyOf(Math.SQRT1_2 * mood + Math.SQRT1_2 * normal(random)))
    }
    whole.add(block)
    const { p50, p99, max, histogram } = distribution(block)
    return {
      atMs: second * 1e3,
      lengthMs: 1e3,
      delivered: block.count,
      bytesReceived: 0,
      latencyUs: { p50, p99, max, histogram },
    }
  })
  return { latencyUs: distribution(whole), series }
}

/** A standard normal value as a latency in microseconds, so that the true percentiles are those of the normal distribution. */
function latencyOf(value: number): number {
  return 10_000 * Math.exp(value / 2)
}

const TRUTH = { 50: latencyOf(0), 90: latencyOf(1.2815516), 99: latencyOf(2.3263479) }

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Mulberry32: the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

describe('an interval of 95 % holds the true percentile', () => {
  test.each([
    // Blocks, messages in each, clients, how alike one message is to the next.
    [5, 20, 10, 0],
    [10, 25, 5, 0.3],
    [20, 20, 5, 0.6],
  ])(
    'of %i blocks with %i messages to %i clients, likeness %d, in 90 to 98 out of 100 trials',
    (blocks, messages, clients, likeness) => {
      const random = seeded(11)
      const trials = 200
      const met = { 50: 0, 90: 0, 99: 0 }
      const had = { 50: 0, 90: 0, 99: 0 }
      for (let trial = 0; trial < trials; trial++) {
        for (const { percent, kind, low, high } of latencyEstimates(
          drawTrial(random, blocks, messages, clients, likeness),
          [50, 90, 99],
        )) {
          const truth = TRUTH[percent as 50 | 90 | 99]
          // Where there is no upper end, the lower one is held to its word alone.
          if (kind === 'at-least') expect(low).toBeLessThanOrEqual(truth * 1.15)
          if (kind !== 'interval') continue
          had[percent as 50 | 90 | 99]++
          if ((low ?? 0) <= truth && truth <= (high ?? 0)) met[percent as 50 | 90 | 99]++
        }
      }
      for (const percent of [50, 90, 99] as const) {
        expect(had[percent], `p${percent}`).toBeGreaterThan(trials / 4)
        const coverage = met[percent] / had[percent]
        expect(coverage, `p${percent}`).toBeGreaterThanOrEqual(0.9)
        expect(coverage, `p${percent}`).toBeLessThanOrEqual(0.98)
      }
    },
  )
})

describe('over the rounds', () => {
  test('6 or more give an interval for their median, fewer a range, none nothing', () => {
    expect(overRounds([5, 1, 4, 2, 6, 3])).toEqual({ value: 3.5, basis: 'rounds', low: 1, high: 6 })
    expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toEqual({ low: 2, high: 9 })
    expect(overRounds([5, 1, 4])).toEqual({ value: 4, basis: 'range', low: 1, high: 5 })
    expect(overRounds([5])).toEqual({ value: 5, basis: 'none', low: null, high: null })
    expect(overRounds([])).toBeNull()
  })

  test('one round has what its blocks tell, and says where these are too few', () => {
    const trial = buildTrial(drawTrial(seeded(3), 20, 20, 10, 0))
    const [median, tail] = latencyOverRounds([trial], [50, 99.9])
    expect(median).toMatchObject({ basis: 'within', value: trial.latencyUs.p50 })
    expect(tail?.basis).toBe('at-least')
    expect(tail?.low).toBeLessThan(tail?.value ?? 0)
    expect(latencyOverRounds([buildTrial()], [50])).toEqual([
      { value: buildTrial().latencyUs.p50, basis: 'none', low: null, high: null },
    ])
  })

  test('a trial without deliveries has none, and more blocks than feedbench writes tell nothing', () => {
    expect(latencyEstimates(buildTrial({ latencyUs: EMPTY_DISTRIBUTION }), [50])).toEqual([])
    const { latencyUs, series } = drawTrial(seeded(3), 2, 20, 10, 0)
    const [first] = series
    const many = Array.from({ length: 601 }, () => first).filter((point) => point !== undefined)
    expect(latencyEstimates({ latencyUs, series: many }, [50])[0]).toMatchObject({ kind: 'unknown', independent: null })
  })
})
