import { describe, expect, test } from 'vitest'
import { Histogram } from '../../measure/histogram.js'
import { knownAnswers } from '../../testing/known-answers.js'
import { percentileRanks, samplesNeeded } from '../order-statistics.js'
import { effectiveSamples } from '../uncertainty.js'
import { equivalence } from './equivalence.js'
import { shiftBetween, shiftOfOne } from './hodges-lehmann.js'
import { holm } from './holm.js'
import { approximately, leastRankSumP, rankSum } from './mann-whitney.js'
import { pairedT } from './paired-t.js'
import { doubledRanks } from './ranks.js'
import { leastSignedRankP, signedRanks } from './signed-rank.js'
import { studentAbove, studentQuantile } from './student.js'

/** What the product computes, against answers by exhaustive enumeration. */

interface Interval {
  lo: number
  hi: number
  coverage: number
}

describe('rank sums', () => {
  interface Answer {
    baseline: number[]
    candidate: number[]
    U_candidate: number
    p_exact_greater: number
    p_exact_less: number
    p_exact_two_sided: number
    p_normal_two_sided_tie_continuity: number
    cles_A: number
    cliffs_delta: number
  }

  test.each(knownAnswers<Answer>('mannWhitney'))('of $candidate over $baseline', (answer) => {
    const { baseline, candidate } = answer
    const { u, pGreater, pLess, pTwoSided } = rankSum(baseline, candidate)
    expect(u).toBe(answer.U_candidate)
    expect(pGreater).toBeCloseTo(answer.p_exact_greater, 14)
    expect(pLess).toBeCloseTo(answer.p_exact_less, 14)
    expect(pTwoSided).toBeCloseTo(answer.p_exact_two_sided, 14)
    // How often the candidate is greater, and by how much more often than it is smaller.
    const share = u / (baseline.length * candidate.length)
    expect(share).toBeCloseTo(answer.cles_A, 14)
    expect(2 * share - 1).toBeCloseTo(answer.cliffs_delta, 14)
    const normal = approximately(doubledRanks([...candidate, ...baseline]), candidate.length, u)
    expect(2 * Math.min(normal.pGreater, normal.pLess)).toBeCloseTo(answer.p_normal_two_sided_tie_continuity, 12)
  })

  test('have a least p that depends on the sizes alone', () => {
    const [least] = knownAnswers<Record<string, number>>('mannWhitney_min_two_sided_p')
    const sizes = Object.entries(least ?? {})
    expect(sizes).toHaveLength(11)
    for (const [size, p] of sizes) expect(leastRankSumP(Number(size), Number(size)), size).toBeCloseTo(p, 15)
  })
})

describe('signed ranks', () => {
  interface Answer {
    x: number[]
    n_nonzero: number
    W_plus: number
    W_minus: number
    p_exact_greater: number
    p_exact_less: number
    p_exact_two_sided: number
    hodges_lehmann: number
    ci90?: Interval
    ci95?: Interval
    ci99?: Interval
  }

  test.each(knownAnswers<Answer>('signedRank'))('of $x', (answer) => {
    expect(signedRanks(answer.x)).toEqual({
      count: answer.n_nonzero,
      plus: answer.W_plus,
      minus: answer.W_minus,
      pGreater: answer.p_exact_greater,
      pLess: answer.p_exact_less,
      pTwoSided: answer.p_exact_two_sided,
    })
    expect(shiftOfOne(answer.x, 0.95)?.estimate).toBeCloseTo(answer.hodges_lehmann, 14)
    for (const [confidence, interval] of [
      [0.9, answer.ci90],
      [0.95, answer.ci95],
      [0.99, answer.ci99],
    ] as const) {
      if (interval === undefined) continue
      const { low, high, coverage } = shiftOfOne(answer.x, confidence) ?? {}
      expect(low).toBeCloseTo(interval.lo, 14)
      expect(high).toBeCloseTo(interval.hi, 14)
      expect(coverage).toBeCloseTo(interval.coverage, 14)
    }
  })

  test('have a least p that depends on their number alone', () => {
    const [least] = knownAnswers<Record<string, number>>('signedRank_min_one_sided_p')
    const counts = Object.entries(least ?? {})
    expect(counts).toHaveLength(18)
    for (const [count, p] of counts) {
      expect(leastSignedRankP(Number(count)), count).toBe(p)
      expect(signedRanks(Array.from({ length: Number(count) }, (_, index) => index + 1)).pGreater, count).toBe(p)
    }
  })
})

test('the shift from one sample to another, with its interval', () => {
  interface Answer extends Interval {
    baseline: number[]
    candidate: number[]
    shift: number
    ci_level: number
  }
  const answers = knownAnswers<Answer>('hodgesLehmannTwoSample')
  expect(answers).toHaveLength(2)
  for (const { baseline, candidate, shift, ci_level, lo, hi, coverage } of answers) {
    const found = shiftBetween(baseline, candidate, ci_level)
    expect(found?.estimate).toBeCloseTo(shift, 14)
    expect(found?.low).toBeCloseTo(lo, 14)
    expect(found?.high).toBeCloseTo(hi, 14)
    expect(found?.coverage).toBeCloseTo(coverage, 14)
  }
})

test('equivalence, by signed ranks and by Student', () => {
  const [answer] = knownAnswers<{
    logRatios: number[]
    margin: number
    signedRank_p_upper: number
    signedRank_p_lower: number
    t_p_upper: number
    t_p_lower: number
    t_ci90_log: [number, number]
  }>('tost')
  if (answer === undefined) throw new Error('no answer')
  const { logRatios, margin, t_ci90_log } = answer
  const limit = Math.log(margin)
  expect(equivalence(logRatios, limit)).toEqual({
    pBeyondUpper: answer.signedRank_p_upper,
    pBeyondLower: answer.signedRank_p_lower,
  })
  expect(pairedT(logRatios.map((value) => value - limit)).pLess / answer.t_p_upper).toBeCloseTo(1, 9)
  expect(pairedT(logRatios.map((value) => value + limit)).pGreater / answer.t_p_lower).toBeCloseTo(1, 9)
  const { mean, standardError, degrees } = pairedT(logRatios)
  const half = studentQuantile(0.95, degrees) * standardError
  expect(mean - half).toBeCloseTo(t_ci90_log[0], 12)
  expect(mean + half).toBeCloseTo(t_ci90_log[1], 12)
})

test('pairs by Student, and their ratio with its interval', () => {
  const [answer] = knownAnswers<{
    logRatios: number[]
    mean: number
    se: number
    t: number
    p_greater: number
    ratio: number
    ratio_ci95: [number, number]
  }>('pairedT')
  if (answer === undefined) throw new Error('no answer')
  const { mean, standardError, degrees, pGreater } = pairedT(answer.logRatios)
  expect(mean).toBeCloseTo(answer.mean, 15)
  expect(standardError).toBeCloseTo(answer.se, 15)
  expect(mean / standardError).toBeCloseTo(answer.t, 12)
  expect(pGreater / answer.p_greater).toBeCloseTo(1, 11)
  const half = studentQuantile(0.975, degrees) * standardError
  expect(Math.exp(mean)).toBeCloseTo(answer.ratio, 14)
  expect([Math.exp(mean - half), Math.exp(mean + half)].map((end, side) => end / (answer.ratio_ci95[side] ?? 0))).toEqual([
    expect.closeTo(1, 12),
    expect.closeTo(1, 12),
  ])
})

test('Student of two samples of one size is that of their pooled variance', () => {
  const [answer] = knownAnswers<{ left: number[]; right: number[]; p_student_two_sided_ddof1: number }>('splitTTest')
  if (answer === undefined) throw new Error('no answer')
  const [left, right] = [pairedT(answer.left), pairedT(answer.right)]
  const t = (right.mean - left.mean) / Math.hypot(left.standardError, right.standardError)
  expect((2 * studentAbove(t, left.degrees + right.degrees)) / answer.p_student_two_sided_ddof1).toBeCloseTo(1, 11)
})

test('Holm', () => {
  const answers = knownAnswers<{ p: number[]; holm: number[] }>('multiplicity')
  expect(answers).toHaveLength(2)
  for (const { p, holm: expected } of answers) expect(holm(p)).toEqual(expected.map((value) => expect.closeTo(value, 15)))
})

test('ranks around a percentile, from both tails alike', () => {
  const answers = knownAnswers<{ n: number; q: number; equal_tailed: Interval }>('quantileCI')
  expect(answers).toHaveLength(9)
  for (const { n, q, equal_tailed } of answers) {
    const { low, high } = percentileRanks(n, q * 100)
    expect([low ?? 0, high ?? n + 1], `${n} for ${q}`).toEqual([equal_tailed.lo, equal_tailed.hi])
  }
})

test('samples needed for an upper end at 97.5 %', () => {
  const answers = knownAnswers<{ q: number; conf_one_sided: number; n: number }>('minSamplesForFiniteUpperBound')
  const ours = answers.filter(({ conf_one_sided }) => conf_one_sided === 0.975)
  expect(ours).toHaveLength(3)
  for (const { q, n } of ours) expect(samplesNeeded(q * 100), `${q}`).toBe(n)
})

test('percentiles by the nearest rank', () => {
  const answers = knownAnswers<{ x: number[]; q: number; value: number }>('nearestRank')
  expect(answers).toHaveLength(4)
  for (const { x, q, value } of answers) {
    const histogram = new Histogram()
    for (const one of x) histogram.record(one)
    expect(histogram.percentile(q * 100), `${q}`).toBe(value)
  }
})

describe('what deliveries are worth', () => {
  test('by the deliveries of each message above a value', () => {
    const [answer] = knownAnswers<{ clusters: number[][]; threshold: number; n_eff: number }>('exceedanceEffectiveN')
    const blocks = (answer?.clusters ?? []).map((cluster) => ({
      deliveries: cluster.length,
      above: cluster.filter((value) => value > (answer?.threshold ?? 0)).length,
    }))
    expect(effectiveSamples(blocks)).toBeCloseTo(answer?.n_eff ?? 0, 12)
  })

  test('by blocks, and the ranks that follow', () => {
    const answers = knownAnswers<{
      block_n: number[]
      block_exceed: number[]
      q: number
      n_eff: number
      ranks: Interval
      f_lo: number
      f_hi: number
    }>('blockEffectiveN')
    expect(answers).toHaveLength(2)
    for (const { block_n, block_exceed, q, n_eff, ranks, f_lo, f_hi } of answers) {
      const worth = effectiveSamples(block_n.map((deliveries, block) => ({ deliveries, above: block_exceed[block] ?? 0 }))) ?? 0
      expect(worth / n_eff).toBeCloseTo(1, 12)
      const whole = Math.floor(worth)
      const { low, high } = percentileRanks(whole, q * 100)
      expect([low, high]).toEqual([ranks.lo, ranks.hi])
      expect(((low ?? 0) - 1) / whole).toBeCloseTo(f_lo, 12)
      expect((high ?? 0) / whole).toBeCloseTo(f_hi, 12)
    }
  })
})
