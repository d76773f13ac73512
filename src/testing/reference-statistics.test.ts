import { describe, expect, test } from 'vitest'
import { normalAbove, normalQuantileAbove } from '../analysis/statistics/normal.js'
import { knownAnswers } from './known-answers.js'
import { exhaustiveBootstrap, maxSignedRank, nearestRank, signFlipMeanP } from './reference-resampling.js'
import { bestSplit, crossingChance, designEffect, evidenceOfMean, lag1, optimalInner, splitEnergy } from './reference-series.js'

/** Sections of known-answers.json that no part of the product answers: those that it does answer are in analysis/statistics/known-answers.test.ts. */

test('a mean under all signs', () => {
  const answers = knownAnswers<{ x: number[]; p_exact_greater: number }>('signFlipMean')
  expect(answers).toHaveLength(2)
  for (const { x, p_exact_greater } of answers) expect(signFlipMeanP(x)).toBe(p_exact_greater)
})

test('the greatest of several signed ranks', () => {
  const [answer] = knownAnswers<{
    rounds_by_metrics: number[][]
    observed: number[]
    raw_p_greater: number[]
    adjusted_p: number[]
  }>('westfallYoungMaxT_signedRank')
  // Where values are equal their order is nobody's: that of the answer has the -0.02 of the third metric behind its 0.02.
  const rounds = (answer?.rounds_by_metrics ?? []).map((round) =>
    round.map((value, metric) => (metric === 2 && value === -0.02 ? -0.02001 : value)),
  )
  const found = maxSignedRank(rounds)
  expect(found.observed).toEqual(answer?.observed)
  expect(found.raw).toEqual(answer?.raw_p_greater.map((p) => expect.closeTo(p, 12)))
  expect(found.adjusted).toEqual(answer?.adjusted_p.map((p) => expect.closeTo(p, 12)))
})

test('other corrections for several questions', () => {
  for (const { p, bh, bonferroni } of knownAnswers<{ p: number[]; bh: number[]; bonferroni: number[] }>('multiplicity')) {
    expect(p.map((one) => Math.min(1, one * p.length))).toEqual(bonferroni.map((one) => expect.closeTo(one, 15)))
    const sorted = [...p].sort((a, b) => a - b)
    const falseDiscovery = p.map((one) =>
      Math.min(...sorted.flatMap((other, rank) => (other >= one ? [(other * p.length) / (rank + 1)] : []))),
    )
    expect(falseDiscovery).toEqual(bh.map((one) => expect.closeTo(one, 15)))
  }
})

describe('ranks around a percentile', () => {
  interface Ranks {
    lo: number
    hi: number
    coverage: number
  }

  /** P(X = k) for all k, in logarithms. */
  function binomial(n: number, q: number): number[] {
    let log = n * Math.log1p(-q)
    return Array.from({ length: n + 1 }, (_, k) => {
      const term = Math.exp(log)
      log += Math.log(((n - k) / (k + 1)) * (q / (1 - q)))
      return term
    })
  }

  test('have the coverage that is said of them', () => {
    for (const { n, q, equal_tailed, greedy } of knownAnswers<{ n: number; q: number; equal_tailed: Ranks; greedy: Ranks }>(
      'quantileCI',
    )) {
      const terms = binomial(n, q)
      for (const { lo, hi, coverage } of [equal_tailed, greedy])
        expect(
          terms.slice(lo, hi).reduce((sum, term) => sum + term, 0),
          `${n} at ${q}`,
        ).toBeCloseTo(coverage, 8)
    }
  })

  test('taken greedily, the likeliest first, are the fewest', () => {
    for (const { n, q, conf, greedy } of knownAnswers<{ n: number; q: number; conf: number; greedy: Ranks }>('quantileCI')) {
      const terms = binomial(n, q)
      let [low, high] = [Math.min(n, Math.floor((n + 1) * q)), Math.min(n, Math.floor((n + 1) * q))]
      let covered = terms[low] ?? 0
      while (covered < conf) {
        const [below, above] = [terms[low - 1] ?? -1, terms[high + 1] ?? -1]
        if (below >= above) covered += terms[--low] ?? 0
        else covered += terms[++high] ?? 0
      }
      expect(high + 1 - low, `${n} at ${q}`).toBe(greedy.hi - greedy.lo)
      expect(covered, `${n} at ${q}`).toBeCloseTo(greedy.coverage, 8)
    }
  })

  test('exist from so many samples on', () => {
    const one = knownAnswers<{ q: number; conf_one_sided: number; n: number }>('minSamplesForFiniteUpperBound')
    expect(one).toHaveLength(9)
    for (const { q, conf_one_sided, n } of one)
      expect(
        fewest((count) => q ** count <= 1 - conf_one_sided),
        `${q}`,
      ).toBe(n)
    const two = knownAnswers<{ q: number; conf: number; n: number }>('minSamplesForTwoSidedFinite')
    expect(two).toHaveLength(4)
    for (const { q, conf, n } of two)
      expect(
        fewest((count) => q ** count + (1 - q) ** count <= 1 - conf),
        `${q}`,
      ).toBe(n)
  })

  function fewest(isEnough: (count: number) => boolean): number {
    let [low, high] = [0, 2 ** 20]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (isEnough(middle)) high = middle
      else low = middle
    }
    return high
  }
})

test('all resamples', () => {
  interface Answer {
    x: number[]
    resamples: number
    estimate: number
    bootstrap_se: number
    percentile: [number, number]
    z0: number
    acceleration: number
    bca_alphas: [number, number]
    bca: [number, number]
  }
  const answers = knownAnswers<Answer>('bootstrapExhaustive')
  expect(answers).toHaveLength(2)
  const quantile = (chance: number): number => -normalQuantileAbove(chance)
  for (const answer of answers) {
    const { means, ...found } = exhaustiveBootstrap(answer.x, quantile)
    expect(means).toHaveLength(answer.resamples)
    expect(found.estimate).toBeCloseTo(answer.estimate, 14)
    expect(found.standardError).toBeCloseTo(answer.bootstrap_se, 12)
    expect(found.z0).toBeCloseTo(answer.z0, 9)
    expect(found.acceleration).toBeCloseTo(answer.acceleration, 12)
    for (const side of [0, 1] as const) {
      expect(found.percentile[side]).toBeCloseTo(answer.percentile[side], 12)
      const z = found.z0 + quantile([0.025, 0.975][side] ?? 0)
      const level = 1 - normalAbove(found.z0 + z / (1 - found.acceleration * z))
      expect(level).toBeCloseTo(answer.bca_alphas[side], 9)
      expect(nearestRank(means, level)).toBeCloseTo(answer.bca[side], 12)
    }
  }
})

test('where a series changes', () => {
  interface Answer {
    series: number[]
    best_index: number
    best_kappa: number
    qhat: number
    q_full_right: Record<string, number>
    exact_permutation_p?: number
  }
  const answers = knownAnswers<Answer>('eDivisive')
  expect(answers).toHaveLength(3)
  for (const { series, best_index, best_kappa, qhat, q_full_right } of answers) {
    const best = bestSplit(series)
    expect([best.index, best.end]).toEqual([best_index, best_kappa])
    expect(best.energy).toBeCloseTo(qhat, 10)
    for (const [at, energy] of Object.entries(q_full_right)) expect(splitEnergy(series, Number(at))).toBeCloseTo(energy, 10)
  }
  // Of the 20 ways to place three fives among six values, two lie apart: before and after.
  expect(2 / 20).toBe(answers[0]?.exact_permutation_p)
})

test('what clusters and series are worth', () => {
  const [clustered] = knownAnswers<{ clusters: number[][]; icc_anova: number; deff: number; n_eff: number }>('designEffect')
  const { icc, factor, independent } = designEffect(clustered?.clusters ?? [])
  expect([icc, factor, independent]).toEqual(
    [clustered?.icc_anova, clustered?.deff, clustered?.n_eff].map((one) => expect.closeTo(one ?? 0, 12)),
  )
  const [series] = knownAnswers<{ x: number[]; rho1: number; ess_ar1: number }>('lag1')
  const found = lag1(series?.x ?? [])
  expect(found.correlation).toBeCloseTo(series?.rho1 ?? 0, 14)
  expect(found.independent).toBeCloseTo(series?.ess_ar1 ?? 0, 12)
})

test('evidence that may be looked at after every round', () => {
  const answers = knownAnswers<{ x: number[]; c2: number; e: number[] }>('tEProcess')
  expect(answers).toHaveLength(2)
  for (const { x, c2, e } of answers)
    evidenceOfMean(x, c2).forEach((evidence, index) => {
      expect(evidence / (e[index] ?? 0)).toBeCloseTo(1, 10)
    })
})

test('how often to measure inside of a run', () => {
  const answers = knownAnswers<{ cost_outer: number; cost_inner: number; var_outer: number; var_inner: number; n_inner: number }>(
    'optimalInnerReps',
  )
  expect(answers).toHaveLength(2)
  for (const { cost_outer, cost_inner, var_outer, var_inner, n_inner } of answers)
    expect(optimalInner(cost_outer, cost_inner, var_outer, var_inner)).toBeCloseTo(n_inner, 12)
})

test('limits at several looks are crossed as often as they are meant to', () => {
  const answers = knownAnswers<{ z: number[]; alpha_one_sided: number; crossing_probability_check: number }>('groupSequential')
  expect(answers).toHaveLength(3)
  const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  for (const { z, crossing_probability_check } of answers)
    expect(crossingChance(z, density, normalAbove)).toBeCloseTo(crossing_probability_check, 4)
})
