import { describe, expect, test } from 'vitest'
import type { GateRules } from '../../model/gate.js'
import { buildGateRound, buildGateRounds, INVALID_ROUND, roundLedger, roundValue } from '../../testing/gate-rounds.js'
import { knownAnswers } from '../../testing/known-answers.js'
import { ratioOfIdentical } from './cells.js'
import { DEFAULT_GATE_RULES } from './rules.js'
import { decide, nextStep } from './verdict.js'

const P50 = 'websocket latencyUs.p50'

/** One metric of one label, with rules for nothing else. */
const ONLY_P50: GateRules = {
  ...DEFAULT_GATE_RULES,
  margins: {
    'latencyUs.p50': 0.05,
    'latencyUs.p90': null,
    'latencyUs.windowedP99': null,
    'bytes.perMessage': null,
    'server.cpuUsPerMessage': null,
  },
}
const ONLY_BYTES: GateRules = {
  ...ONLY_P50,
  margins: { ...ONLY_P50.margins, 'latencyUs.p50': null, 'bytes.perMessage': 0.01 },
}

/** Scatter about a middle, the same each time, symmetric and without ties: 20 values. */
function scattered(middle: number, spread: number, count = 20): number[] {
  const steps = [1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 10.5, -9.5, 8.5, -7.5, 6.5, -5.5, 4.5, -3.5, 2.5, -1.5]
  return steps.slice(0, count).map((step) => middle + (step / 10) * spread)
}

describe('a metric over twelve rounds', () => {
  interface Answer {
    desc: string
    logRatios: number[]
    margin: number
    alpha: number
    expect: string
    p_greater: number
    hl: number
  }
  test.each(knownAnswers<Answer>('verdict'))('$desc', (answer) => {
    const rules = { ...ONLY_P50, looks: [12], alphas: [answer.alpha] }
    const verdict = decide(buildGateRounds({ [P50]: answer.logRatios }), rules)
    const [metric] = verdict.metrics
    expect(metric).toMatchObject({
      outcome: answer.expect,
      pWorse: answer.p_greater,
      pWorseAdjusted: answer.p_greater,
      rounds: 12,
    })
    expect(Math.log(metric?.ratio ?? 0)).toBeCloseTo(answer.hl, 14)
    expect(metric?.settledBy).toBeNull()
    expect(verdict.status).toBe(answer.expect === 'regressed' ? 'fail' : 'pass')
  })
})

describe('the first look', () => {
  test('passes six quiet rounds, with the sentence to go with it', () => {
    const verdict = decide(buildGateRounds({ [P50]: scattered(0, 0.01, 6) }), ONLY_P50)
    expect(verdict).toMatchObject({ status: 'pass', rounds: 6, look: 1, exitCode: 0 })
    expect(verdict.why).toBe('the figure is not worse than its margin, after 6 rounds')
  })

  test('fails where all six agree on a change of two margins', () => {
    const verdict = decide(buildGateRounds({ [P50]: scattered(0.2, 0.02, 6) }), ONLY_P50)
    expect(verdict).toMatchObject({ status: 'fail', look: 1, rounds: 6, exitCode: 1 })
    expect(verdict.why).toMatch(
      /^websocket latencyUs\.p50 is 22 % worse \(margin 5 %, adjusted p below 0\.0001\), after 6 rounds$/,
    )
  })

  test('does not fail for less than two margins, however sure', () => {
    expect(decide(buildGateRounds({ [P50]: scattered(0.08, 0.002, 6) }), ONLY_P50).status).toBe('inconclusive')
    expect(decide(buildGateRounds({ [P50]: scattered(0.08, 0.002, 12) }), ONLY_P50)).toMatchObject({ status: 'fail', look: 2 })
  })

  test('does not fail where one of six rounds was better, or has no value', () => {
    const values = [0.3, 0.31, 0.32, 0.29, 0.3]
    for (const odd of [-0.001, null])
      expect(decide(buildGateRounds({ [P50]: [...values, odd] }), ONLY_P50)).toMatchObject({ status: 'inconclusive', look: null })
  })
})

describe('looks', () => {
  test('decide in their order, and what comes after one that decided changes nothing', () => {
    const quiet = scattered(0, 0.01, 6)
    const first = decide(buildGateRounds({ [P50]: quiet }), ONLY_P50)
    const later = decide(buildGateRounds({ [P50]: [...quiet, ...scattered(0.5, 0.01, 14)] }), ONLY_P50)
    expect(later).toEqual(first)
  })

  test('are the only moments: between two of them nothing is called worse', () => {
    const verdict = decide(buildGateRounds({ [P50]: [...scattered(0.05, 0.08, 6), 0.4, 0.4, 0.4, 0.4, 0.4] }), ONLY_P50)
    expect(verdict).toMatchObject({ status: 'inconclusive', look: null, rounds: 11, exitCode: 3 })
    expect(verdict.metrics[0]?.outcome).toBe('inconclusive')
    expect(verdict.why).toBe('not finished: 11 valid rounds, and the next look is after 12')
  })

  test('correct for how many questions are asked', () => {
    // One of them is 8 % worse with p = 2^-12, of twelve figures 0.0029: at most 0.006. Of thirty it is 0.0073.
    const rounds = (labels: number) =>
      buildGateRounds(
        Object.fromEntries(
          Array.from({ length: labels }, (_, at) => [
            `l${at} latencyUs.p50`,
            at === 0 ? scattered(0.08, 0.05, 12) : scattered(0, 0.2, 12),
          ]),
        ),
      )
    expect(decide(rounds(12), ONLY_P50).status).toBe('fail')
    expect(decide(rounds(12), ONLY_P50).metrics[0]?.pWorseAdjusted).toBeCloseTo(12 / 2 ** 12, 12)
    expect(decide(rounds(30), ONLY_P50).status).toBe('inconclusive')
  })

  test('end inconclusive after the last, with what would settle it', () => {
    const verdict = decide(buildGateRounds({ [P50]: scattered(0.02, 0.12) }), ONLY_P50)
    expect(verdict).toMatchObject({ status: 'inconclusive', look: 3, rounds: 20, exitCode: 3 })
    expect(verdict.metrics[0]?.settledBy).toMatch(/^about \d+ more rounds$/)
    expect(verdict.why).toMatch(
      /^1 of 1 figures is shown neither .+, after 20 rounds; about \d+ more rounds would probably tell$/,
    )
    const atTheMargin = decide(buildGateRounds({ [P50]: scattered(Math.log(1.0499), 0.12) }), ONLY_P50)
    expect(atTheMargin.metrics[0]?.settledBy).toBe('no number of rounds that is worth while: the estimate lies at its margin')
  })
})

describe('bytes', () => {
  test('that are the same in all rounds are compared directly', () => {
    const same = (lnRatio: number) =>
      decide(buildGateRounds({ 'sse bytes.perMessage': new Array<number>(6).fill(lnRatio) }), ONLY_BYTES)
    expect(same(Math.log(1.01))).toMatchObject({
      status: 'fail',
      metrics: [{ exact: true, outcome: 'regressed', margin: 0.005 }],
    })
    expect(same(Math.log(1.01)).why).toBe(
      'sse bytes.perMessage is 1 % worse (margin 0.5 %, the same bytes in all rounds), after 6 rounds',
    )
    expect(same(Math.log(1.004))).toMatchObject({ status: 'pass', metrics: [{ outcome: 'equivalent' }] })
    expect(same(0)).toMatchObject({ status: 'pass', metrics: [{ ratio: 1, outcome: 'equivalent', settledBy: null }] })
    expect(same(Math.log(0.9))).toMatchObject({ status: 'pass', metrics: [{ outcome: 'improved' }] })
  })

  test('are called worse at a look, and not when a ledger ends the gate before it', () => {
    const ledgers = [roundLedger('sse', 'candidate', { missing: 1 })]
    const rounds = [buildGateRound(1, { values: [roundValue('sse', 'bytes.perMessage', Math.log(1.01))], ledgers })]
    const verdict = decide(rounds, ONLY_BYTES)
    expect(verdict).toMatchObject({ status: 'fail', look: null, metrics: [{ exact: true, outcome: 'inconclusive' }] })
  })

  test('that are not have the margin of what is uncertain', () => {
    const verdict = decide(buildGateRounds({ 'sse bytes.perMessage': scattered(0, 0.002, 6) }), ONLY_BYTES)
    expect(verdict.metrics).toMatchObject([{ exact: false, margin: 0.01 }])
  })

  test('as enumerated', () => {
    const [exact, noisy] = knownAnswers<{ baseline: number[]; candidate: number[] }>('exactMetric')
    expect(ratioOfIdentical(exact?.baseline ?? [], exact?.candidate ?? [])).toBe(1)
    expect(ratioOfIdentical(noisy?.baseline ?? [], noisy?.candidate ?? [])).toBeNull()
    expect(ratioOfIdentical([412, null], [412, 412])).toBeNull()
    expect(ratioOfIdentical([], [])).toBeNull()
  })
})

describe('a ledger with more missing, doubled or turned messages than the baseline has', () => {
  test.each(['missing', 'duplicates', 'reordered'] as const)('fails at once: %s', (kind) => {
    const ledgers = [roundLedger('sse', 'baseline', { [kind]: 1 }), roundLedger('sse', 'candidate', { [kind]: 2 })]
    const rounds = [buildGateRound(1, { values: [roundValue('sse', 'latencyUs.p50', 0)], ledgers })]
    const verdict = decide(rounds, ONLY_P50)
    expect(verdict).toMatchObject({ status: 'fail', rounds: 1, look: null, exitCode: 1 })
    expect(verdict.why).toMatch(/^sse has 2 \w+ messages, the baseline 1$/)
    expect(verdict.ledgers.filter(({ status }) => status === 'fail')).toEqual([
      { label: 'sse', kind, baseline: 1, candidate: 2, status: 'fail' },
    ])
    expect(nextStep(rounds, ONLY_P50)).toEqual({ step: 'decided', verdict })
  })

  test('as many as the baseline is no failure, and what an invalid round had is no evidence', () => {
    const equal = [roundLedger('sse', 'baseline', { missing: 2 }), roundLedger('sse', 'candidate', { missing: 2 })]
    expect(decide(buildGateRounds({ [P50]: scattered(0, 0.01, 6) }, { ledgers: equal }), ONLY_P50).status).toBe('pass')
    const lost = [roundLedger('sse', 'candidate', { missing: 9 })]
    expect(nextStep([buildGateRound(1, { validity: INVALID_ROUND, ledgers: lost })], ONLY_P50).step).toBe('measure')
  })
})

describe('invalid rounds', () => {
  const invalid = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => buildGateRound(from + index, { validity: INVALID_ROUND }))

  test('are replaced, and take no part', () => {
    const rounds = [...buildGateRounds({ [P50]: scattered(0, 0.01, 5) }), ...invalid(6, 5)]
    expect(nextStep(rounds, ONLY_P50)).toEqual({ step: 'measure', round: 11, valid: 5, nextLook: 6 })
    const last = buildGateRound(11, { values: [roundValue('websocket', 'latencyUs.p50', 0.001)] })
    expect(decide([...rounds, last], ONLY_P50)).toMatchObject({ status: 'pass', rounds: 6, replaced: 5 })
  })

  test('beyond a quarter of all rounds end the gate, and never as a pass', () => {
    const verdict = decide([...buildGateRounds({ [P50]: scattered(0, 0.01, 5) }), ...invalid(6, 6)], ONLY_P50)
    expect(verdict).toMatchObject({ status: 'invalid', exitCode: 3, replaced: 6 })
    expect(verdict.why).toBe('6 of 11 rounds were invalid (CPU_OTHERS), and 5 may be replaced at most')
  })
})

describe('no data is no pass', () => {
  test('without a round, before the first look, or without a value', () => {
    expect(decide([], DEFAULT_GATE_RULES)).toMatchObject({ status: 'invalid', exitCode: 3 })
    expect(decide(buildGateRounds({ [P50]: scattered(0, 0.001, 5) }), ONLY_P50)).toMatchObject({ status: 'invalid', exitCode: 3 })
    const verdict = decide(buildGateRounds({ [P50]: new Array<null>(20).fill(null) }), ONLY_P50)
    expect(verdict).toMatchObject({ status: 'invalid', why: 'websocket latencyUs.p50 was measured in no round' })
    expect(verdict.metrics[0]?.settledBy).toBe('a measurement: no round had a value')
  })

  test('a gated metric that no round has keeps the others from passing', () => {
    const rules = { ...ONLY_P50, margins: { ...ONLY_P50.margins, 'bytes.perMessage': 0.01 } }
    expect(decide(buildGateRounds({ [P50]: scattered(0, 0.001) }), rules)).toMatchObject({
      status: 'invalid',
      why: 'websocket bytes.perMessage was measured in no round',
    })
  })

  test('nor are rounds that have nothing with a margin', () => {
    expect(decide(buildGateRounds({ 'sse latencyUs.p90': scattered(0, 0.001) }), ONLY_P50).status).toBe('invalid')
    expect(decide(buildGateRounds({ 'sse server.cpuUsPerMessage': scattered(0, 0.001) }), ONLY_P50).status).toBe('invalid')
  })
})

test('what is shown and not gated has its figures, and decides nothing', () => {
  const verdict = decide(
    buildGateRounds({ [P50]: scattered(0, 0.01, 6), 'websocket server.cpuUsPerMessage': scattered(0.5, 0.01, 6) }),
    ONLY_P50,
  )
  expect(verdict.status).toBe('pass')
  expect(verdict.metrics[1]).toMatchObject({ margin: null, outcome: 'inconclusive', settledBy: null, pWorseAdjusted: null })
  expect(verdict.metrics[1]?.ratio).toBeCloseTo(Math.exp(0.5), 2)
})

test('the same rounds make the same verdict to the byte, however they come', () => {
  const rounds = buildGateRounds({ [P50]: scattered(0.02, 0.12), 'sse latencyUs.p90': scattered(0.01, 0.2) })
  const bytes = JSON.stringify(decide(rounds, DEFAULT_GATE_RULES))
  expect(JSON.stringify(decide(JSON.parse(JSON.stringify(rounds)), DEFAULT_GATE_RULES))).toBe(bytes)
  expect(JSON.stringify(decide([...rounds].reverse(), DEFAULT_GATE_RULES))).toBe(bytes)
})
