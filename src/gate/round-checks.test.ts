import { describe, expect, test } from 'vitest'
import { DEFAULT_GATE_RULES } from '../analysis/gate/rules.js'
import { decide } from '../analysis/gate/verdict.js'
import { buildLabel, buildPair, buildSideLedger, CALM } from '../testing/gate-figures.js'
import type { LabelFigures } from './evidence.js'
import { type DropCode, dropsOf } from './pair-checks.js'
import { roundOf } from './round.js'
import { checkLabel } from './round-checks.js'

const SILENT = { p50: null, p90: null, p99: null }

describe('a pair of slices', () => {
  test('of a calm machine counts', () => {
    expect(dropsOf(buildPair(), buildLabel())).toEqual([])
  })

  test.each<[DropCode, Parameters<typeof buildPair>[0], Partial<LabelFigures>?]>([
    ['CPU_OTHERS', { machine: { cpuOthersShare: 0.26 } }],
    ['STEAL', { machine: { stealShare: 0.06 } }],
    ['THROTTLED', { machine: { throttled: 1 } }],
    ['MACHINE_PAUSED', { machine: { pauseUs: 251e3 } }],
    ['DRIVER_FROZEN', { candidate: { frozenUs: 26e3 } }],
    ['PUBLISH_LATE', { baseline: { publishDelayP99Us: 2_100 } }, { latePublishShare: 0 }],
    ['PUBLISHER_BUSY', { candidate: { publisherUtilization: 0.81 } }],
    ['DRIVER_BUSY', { baseline: { utilization: 0.81 } }],
    ['DRIVER_LAG', { candidate: { lagP90Us: 1_300, p90: 12_000 } }],
    ['TOO_LITTLE_DATA', { baseline: { publishes: 9 } }],
    ['TOO_LITTLE_DATA', { baseline: SILENT, candidate: SILENT }],
    ['NEGATIVE_LATENCY', { candidate: { negatives: 1 } }],
  ])('is dropped for %s, whichever side it is', (code, pair, around = {}) => {
    expect(dropsOf(buildPair(pair), buildLabel(around))).toEqual([code])
  })

  test('is not dropped where the server itself publishes late: that is its own, and in its latency', () => {
    expect(dropsOf(buildPair({ candidate: { publishDelayP99Us: 50e3 } }), buildLabel())).toEqual([])
  })

  test.each(['baseline', 'candidate'])(
    'is not dropped where only the %s brings nothing: that is a loss, not a want of data',
    (side) => {
      expect(dropsOf(buildPair({ [side]: SILENT }), buildLabel())).toEqual([])
    },
  )

  test('is dropped for nothing that is only unknown', () => {
    const machine = { cpuOthersShare: null, stealShare: null, throttled: null, throttlingPeriods: null }
    expect(dropsOf(buildPair({ machine, baseline: { utilization: null, lagP90Us: null } }), buildLabel())).toEqual([])
  })
})

const withPairs = (bad: number, of = 20) =>
  Array.from({ length: of }, (_, index) => buildPair(index < bad ? { machine: { cpuOthersShare: 0.5 } } : {}))

describe('a round', () => {
  const codes = (parts: Partial<LabelFigures>) => checkLabel(buildLabel(parts)).invalid.map(({ code }) => code)

  test('with up to three in ten pairs dropped counts, and says so', () => {
    const { invalid, degraded, kept } = checkLabel(buildLabel({ pairs: withPairs(6) }))
    expect(invalid).toEqual([])
    expect(degraded[0]?.message).toBe('sse: 6 of 20 pairs of slices do not count (CPU_OTHERS 6)')
    expect(kept.filter((isKept) => isKept)).toHaveLength(14)
    expect(codes({ pairs: withPairs(7) })).toEqual(['PAIRS_DROPPED'])
  })

  test('with fewer than eight pairs left has too little data', () => {
    expect(codes({ pairs: withPairs(0, 7) })).toEqual(['TOO_LITTLE_DATA'])
  })

  test.each<[string, Partial<LabelFigures>]>([
    ['STEAL', { machine: { ...CALM, stealShare: 0.03 } }],
    ['THROTTLED', { machine: { ...CALM, throttled: 6, throttlingPeriods: 100 } }],
    ['MACHINE_PAUSED', { machine: { ...CALM, pauseUs: 2.1e6 } }],
    ['CLOCK_STEP', { machine: { ...CALM, wallClockDriftUs: -6e3 } }],
    ['DRIVER_BUSY', { utilization: 0.61 }],
    ['DRIVER_LAG', { lagP90Us: 1_900, timeP90Us: 6_000 }],
    ['DRIVER_EXHAUSTED', { exhausted: 1 }],
    ['PUBLISH_LATE', { latePublishShare: 0.02 }],
    ['PUBLISHER_BUSY', { publisherUtilization: 0.61 }],
  ])('is invalid for %s', (code, parts) => {
    expect(codes(parts)).toEqual([code])
  })

  test.each([
    { delivered: 5_999 },
    { published: 301 },
    { published: 200 },
    { overflowed: 1 },
    { scheduled: 0, published: 0, expected: 0, delivered: 0 },
  ])('is invalid where a ledger does not add up: %j', (parts) => {
    const ledgers = { baseline: buildSideLedger(), candidate: buildSideLedger(parts) }
    const [reason, ...others] = checkLabel(buildLabel({ ledgers })).invalid
    expect([reason?.code, reason?.evidence.side, others]).toEqual(['LEDGER_MISMATCH', 'candidate', []])
  })

  test('in which messages are missing is valid: that is a finding, and the gate judges it', () => {
    const ledgers = { baseline: buildSideLedger(), candidate: buildSideLedger({ delivered: 5_000, missing: 1_000 }) }
    const round = roundOf({ round: 1, seed: 1, first: {}, startedAt: '' }, [buildLabel({ ledgers })], [])
    expect(round.validity).toEqual({ status: 'valid', reasons: [] })
    expect(round.ledgers.map(({ side, missing }) => [side, missing])).toEqual([
      ['baseline', 0],
      ['candidate', 1_000],
    ])
  })

  test('in which the candidate delivers nothing at all is valid, fails the gate and has no latency', () => {
    const pairs = Array.from({ length: 20 }, () => buildPair({ candidate: SILENT }))
    const ledgers = { baseline: buildSideLedger(), candidate: buildSideLedger({ delivered: 0, missing: 6_000 }) }
    const round = roundOf({ round: 1, seed: 1, first: {}, startedAt: '' }, [buildLabel({ pairs, ledgers })], [])
    expect(round.validity.status).toBe('valid')
    expect(round.values.find(({ metric }) => metric === 'latencyUs.p50')?.lnRatio).toBeNull()
    const { status, why } = decide([round], DEFAULT_GATE_RULES)
    expect([status, why]).toEqual(['fail', 'sse has 6000 missing messages, the baseline 0'])
  })

  /** Of 300 messages to 20 clients the server had not answered for some, and no client got them. */
  const unconfirmed = (posts: number) => ({
    baseline: buildSideLedger(),
    candidate: buildSideLedger({
      published: 300 - posts,
      unconfirmed: posts,
      delivered: 6_000 - 20 * posts,
      missing: 20 * posts,
    }),
  })
  const judged = (ledgers: LabelFigures['ledgers']) => {
    const round = roundOf({ round: 1, seed: 1, first: {}, startedAt: '' }, [buildLabel({ ledgers })], [])
    const { status, why, ledgers: found } = decide([round], DEFAULT_GATE_RULES)
    return { validity: round.validity, status, why, missing: found.find(({ kind }) => kind === 'missing')?.candidate }
  }

  test('calls nothing lost of which nobody knows whether it was published', () => {
    const { validity, status, missing } = judged(unconfirmed(3))
    expect([validity.status, status, missing]).toEqual(['valid', 'invalid', 0])
    const { candidate, baseline } = unconfirmed(3)
    const more = judged({
      baseline,
      candidate: { ...candidate, delivered: candidate.delivered - 5, missing: candidate.missing + 5 },
    })
    expect([more.status, more.why]).toEqual(['fail', 'sse has 5 missing messages, the baseline 0'])
  })

  test('in which what was not answered for came all the same adds up', () => {
    const { candidate, baseline } = unconfirmed(3)
    expect(codes({ ledgers: { baseline, candidate: { ...candidate, delivered: 6_000, missing: 0 } } })).toEqual([])
  })

  test('in which much was not answered for is replaced: neither lost nor there', () => {
    const { validity, status } = judged(unconfirmed(4))
    expect(validity.reasons).toEqual([
      {
        code: 'POSTS_UNCONFIRMED',
        message: 'sse: the candidate had not answered for 4 of 300 messages when the round ended',
        evidence: { side: 'candidate', unconfirmed: 4, scheduled: 300 },
      },
    ])
    expect(status).toBe('invalid')
  })

  test('says how busy driver and publisher were, whatever that decides', () => {
    const figures = buildLabel({ utilization: 0.012_34, publisherUtilization: 0.456_78 })
    const { covariates } = roundOf({ round: 1, seed: 1, first: {}, startedAt: '' }, [figures], [])
    expect(covariates).toMatchObject({ 'sse.driverUtilization': 0.0123, 'sse.publisherUtilization': 0.4568 })
  })

  test('says how much faster it was at its end', () => {
    const pairs = withPairs(0).map((pair, index) => ({
      ...pair,
      slices: {
        baseline: { ...pair.slices.baseline, p50: index < 8 ? 600 : 300 },
        candidate: { ...pair.slices.candidate, p50: index < 8 ? 600 : 300 },
      },
    }))
    const { covariates } = roundOf({ round: 1, seed: 1, first: {}, startedAt: '' }, [buildLabel({ pairs })], [])
    expect(covariates['sse.warmUpTrend']).toBeCloseTo(2, 3)
  })

  test('is invalid as a whole where one label is', () => {
    const labels = [buildLabel({ pairs: withPairs(2) }), buildLabel({ label: 'websocket', pairs: withPairs(12) })]
    const { validity } = roundOf({ round: 1, seed: 1, first: {}, startedAt: '' }, labels, [])
    expect(validity.status).toBe('invalid')
    expect(validity.reasons.map(({ message }) => message)).toEqual([
      'websocket: 12 of 20 pairs of slices do not count (CPU_OTHERS 12)',
    ])
    expect(roundOf({ round: 1, seed: 1, first: {}, startedAt: '' }, labels.slice(0, 1), []).validity.status).toBe('degraded')
  })
})
