import { describe, expect, test } from 'vitest'
import type { GateRound } from '../../model/gate.js'
import { buildGateRound, INVALID_ROUND, roundLedger } from '../../testing/gate-rounds.js'
import { decideAny, nextRound } from './any-layout.js'
import { DEFAULT_GATE_RULES } from './rules.js'
import type { StoredAside } from './sequential.js'

const RULES = {
  ...DEFAULT_GATE_RULES,
  margins: { ...DEFAULT_GATE_RULES.margins, 'latencyUs.p90': null, 'latencyUs.windowedP99': null },
}
const RUNS = 20

/** Runs in which nothing is paired: each side has its own scatter of 3 % either way. */
function runs(
  change: number,
  parts: { runs?: number; bytes?: number; alter?: (run: number) => Partial<GateRound> } = {},
): GateRound[] {
  return Array.from({ length: parts.runs ?? RUNS }, (_, index) => {
    const wobble = (seed: number) => 1 + (((index * 7 + seed) % 20) - 9.5) / 320
    const value = (metric: 'latencyUs.p50' | 'bytes.perMessage', baseline: number, candidate: number) => {
      const lnRatio = Math.log(candidate / baseline)
      return { label: 'sse', metric, lnRatio, baseline, candidate, pairs: 0, dropped: 0 }
    }
    return buildGateRound(index + 1, {
      values: [
        value('latencyUs.p50', 2_000 * wobble(3), 2_000 * (1 + change) * wobble(12)),
        value('bytes.perMessage', 204, parts.bytes ?? 204),
      ],
      ledgers: [roundLedger('sse', 'baseline'), roundLedger('sse', 'candidate')],
      ...parts.alter?.(index + 1),
    })
  })
}

const of = (rounds: GateRound[], differs: string[] = [], aside: StoredAside = {}) => {
  const measurement = {
    scenario: 's',
    overrides: { transports: null, clients: null },
    labels: [],
    slices: null,
    limits: {},
    differs,
    ...aside,
  }
  return { layout: 'sequential' as const, rounds, rules: RULES, measurement }
}

describe('whole runs against those of a stored baseline', () => {
  test('pass where nothing is worse than its margin', () => {
    expect(decideAny(of(runs(0)))).toMatchObject({ status: 'pass', rounds: RUNS, look: 1, exitCode: 0 })
  })

  test('fail where one is, and say which', () => {
    const verdict = decideAny(of(runs(0.12)))
    expect(verdict).toMatchObject({ status: 'fail', exitCode: 1 })
    expect(verdict.why).toMatch(/^sse latencyUs.p50 is 12 % worse/)
    expect(verdict.metrics.map(({ outcome }) => outcome)).toEqual(['regressed', 'equivalent'])
  })

  test('are inconclusive in between, with what would settle it', () => {
    expect(decideAny(of(runs(0.045)))).toMatchObject({ status: 'inconclusive', exitCode: 3 })
  })

  test('hold what was lost against all that the baseline lost, whichever of its runs that was', () => {
    const losing = (candidate: number) => (run: number) => ({
      ledgers: [
        roundLedger('sse', 'baseline', { missing: run === 15 ? 3 : 0 }),
        roundLedger('sse', 'candidate', { missing: run === 2 ? candidate : 0 }),
      ],
    })
    const aside = { baselineLosses: [{ label: 'sse', missing: 3, duplicates: 0, reordered: 0 }] }
    const early = of(runs(0, { runs: 2, alter: losing(1) }), [], aside)
    expect([decideAny(early).status, nextRound(early)]).toEqual(['invalid', 3])
    expect(decideAny(of(runs(0, { alter: losing(3) }), [], aside)).status).toBe('pass')
    const tooMany = of(runs(0, { runs: 2, alter: losing(4) }), [], aside)
    expect(decideAny(tooMany)).toMatchObject({ status: 'fail', why: 'sse has 4 missing messages, the baseline 3' })
    expect(nextRound(tooMany)).toBeNull()
  })

  test('show the latency of polls, and decide by the rest', () => {
    const aside = { shownOnly: ['sse'] }
    const slow = decideAny(of(runs(0.12), [], aside))
    expect(slow).toMatchObject({ status: 'pass', why: 'the figure is not worse than its margin, after 20 rounds' })
    expect(slow.metrics[0]).toMatchObject({ metric: 'latencyUs.p50', margin: null, outcome: 'inconclusive', settledBy: null })
    expect(decideAny(of(runs(0, { bytes: 206 }), [], aside)).status).toBe('fail')
  })

  test('find a change of bytes without statistics', () => {
    expect(decideAny(of(runs(0, { bytes: 206 })))).toMatchObject({ status: 'fail' })
    expect(decideAny(of(runs(0, { bytes: 204.5 })))).toMatchObject({ status: 'pass' })
  })

  test('do not pass by a figure that few runs of a side have', () => {
    const having = (runs: number) => (round: GateRound) => ({
      ...round,
      values: round.values.map((value) =>
        value.metric === 'latencyUs.p50' && round.round > runs ? { ...value, lnRatio: null, candidate: null } : value,
      ),
    })
    expect(decideAny(of(runs(0).map(having(6)))).status).toBe('pass')
    expect(decideAny(of(runs(-0.5).map(having(5))))).toMatchObject({ status: 'inconclusive', exitCode: 3 })
  })

  test('say nothing before there are as many as are needed', () => {
    expect(decideAny(of(runs(0.5, { runs: 19 })))).toMatchObject({ status: 'invalid', exitCode: 3, look: null })
    expect([nextRound(of(runs(0.5, { runs: 19 }))), nextRound(of(runs(0.5)))]).toEqual([20, null])
  })

  test('fail at once where more is lost than in the baseline', () => {
    const alter = () => ({
      ledgers: [roundLedger('sse', 'baseline'), roundLedger('sse', 'candidate', { missing: 1, delivered: 999 })],
    })
    const lossy = of(runs(0, { runs: 2, alter }))
    expect([decideAny(lossy).status, nextRound(lossy)]).toEqual(['fail', null])
  })

  test('are invalid where too many had to be replaced', () => {
    const alter = (run: number) => (run <= 6 ? { validity: INVALID_ROUND } : {})
    const invalid = of(runs(0, { runs: 6, alter }))
    expect([decideAny(invalid).status, nextRound(invalid)]).toEqual(['invalid', null])
  })

  test('of another environment are inconclusive, never a pass, and not even measured', () => {
    const foreign = of([], ['cores 64, here 2'])
    expect(decideAny(foreign)).toMatchObject({
      status: 'inconclusive',
      exitCode: 3,
      why: 'the baseline was measured elsewhere: cores 64, here 2',
    })
    expect(nextRound(foreign)).toBeNull()
    expect(decideAny(of(runs(0), ['cores 64, here 2'])).status).toBe('inconclusive')
  })
})
