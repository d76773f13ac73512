import { describe, expect, test } from 'vitest'
import type { GateRound } from '../model/gate.js'
import type { PairFigures } from './evidence.js'
import { warmUpTrend, withWarmUp } from './warm-up.js'

const pair = (baseline: number | null, candidate = baseline) =>
  ({ slices: { baseline: { p50: baseline }, candidate: { p50: candidate } } }) as unknown as PairFigures
const falling = [400, 380, 360, ...Array<number>(6).fill(300), 200, 190, 180]

describe('how much faster a label was at the end', () => {
  test('is the ratio of the first quarter to the last, of both sides', () => {
    expect(warmUpTrend(falling.map((p50) => pair(p50)))).toBeCloseTo(2, 4)
    expect(warmUpTrend(falling.map((p50) => pair(p50, 2 * p50)))).toBeCloseTo(2, 4)
    expect(warmUpTrend(falling.toReversed().map((p50) => pair(p50)))).toBeCloseTo(0.5, 4)
  })

  test('does not depend on which side is better', () => {
    const pairs = falling.map((p50, index) => pair(p50, 300 + index))
    const swapped = falling.map((p50, index) => pair(300 + index, p50))
    expect(warmUpTrend(pairs)).toBe(warmUpTrend(swapped))
  })

  test('is not known of few pairs, or of slices without a delivery', () => {
    expect(warmUpTrend(falling.slice(1).map((p50) => pair(p50)))).toBeNull()
    expect(warmUpTrend(falling.map(() => pair(null)))).toBeNull()
  })
})

describe('a round', () => {
  const round = (trend: number | null, parts: Partial<GateRound> = {}) =>
    ({
      first: { sse: 'baseline' },
      covariates: { 'sse.warmUpTrend': trend },
      validity: { status: 'valid', reasons: [] },
      ...parts,
    }) as unknown as GateRound

  test('is invalid when it is the third in a row in which a label was warming up', () => {
    const { validity } = withWarmUp(round(1.5), [round(1), round(1.6), round(1.7)])
    expect(validity.status).toBe('invalid')
    expect(validity.reasons).toEqual([
      {
        code: 'WARMING_UP',
        message:
          'sse: p50 was 1.5 times as high at the start as at the end, in 3 rounds in a row: it needs a longer warm-up (phases.warmup)',
        evidence: { trend: 1.5 },
      },
    ])
  })

  test.each([
    ['the first two', [round(2)]],
    ['one after a round without a trend', [round(2), round(1.3)]],
    ['one after a round of which nothing is known', [round(2), round(null)]],
  ])('is as it was: %s', (_what, before) => {
    const measured = round(2)
    expect(withWarmUp(measured, before)).toBe(measured)
  })

  test('keeps what else made it invalid, and not what only degraded it', () => {
    const reasons = [{ code: 'STEAL', message: 'sse: stolen', evidence: {} }]
    const before = [round(2), round(2)]
    const codes = (status: 'invalid' | 'degraded') =>
      withWarmUp(round(2, { validity: { status, reasons } }), before).validity.reasons.map(({ code }) => code)
    expect(codes('invalid')).toEqual(['STEAL', 'WARMING_UP'])
    expect(codes('degraded')).toEqual(['WARMING_UP'])
  })
})
