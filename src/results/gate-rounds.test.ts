import { describe, expect, test } from 'vitest'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult, GateRound } from '../model/gate.js'
import { buildGate } from '../testing/gates.js'
import { checkRounds } from './gate-rounds.js'

const LABELS = ['sse', 'websocket']
const { rounds } = buildGate({ labels: LABELS, rounds: 3 })
const MEASUREMENT: GateResult['measurement'] = {
  scenario: 'gate',
  overrides: { transports: null, clients: null },
  labels: LABELS,
  slices: null,
  limits: {},
}

/** What is said of these rounds; `null`: nothing. */
function said(of: GateRound[], measurement: GateResult['measurement'] = MEASUREMENT): string | null {
  try {
    checkRounds('gate.json', { rounds: of, measurement })
    return null
  } catch (error) {
    if (error instanceof FeedbenchError) return error.message.split('\n')[0] ?? ''
    throw error
  }
}
const second = (alter: (round: GateRound) => Partial<GateRound>) =>
  rounds.map((round) => (round.round === 2 ? { ...round, ...alter(round) } : round))
const withoutSse = ({ values, ledgers }: GateRound) => ({
  values: values.filter(({ label }) => label !== 'sse'),
  ledgers: ledgers.filter(({ label }) => label !== 'sse'),
})

describe('the rounds of a gate', () => {
  test('as they were measured are taken, whether the gate says of what it was or not', () => {
    expect(said(rounds)).toBeNull()
    expect(said(rounds, undefined)).toBeNull()
    expect(said([])).toBeNull()
  })

  test('may end early where they are invalid', () => {
    const invalid = { status: 'invalid' as const, reasons: [] }
    expect(said(second((round) => ({ ...withoutSse(round), validity: invalid })))).toBeNull()
    expect(said(second(() => ({ values: [], ledgers: [], first: {}, validity: invalid })))).toBeNull()
  })

  test.each<[what: string, GateRound[], sentence: string]>([
    [
      'without a label that looks bad',
      second(withoutSse),
      "expected all figures and ledgers of the gate's labels, but latencyUs.p50 of sse is missing",
    ],
    [
      'without a figure that looks bad',
      second(({ values }) => ({ values: values.slice(1) })),
      "expected all figures and ledgers of the gate's labels, but latencyUs.p50 of sse is missing",
    ],
    [
      'without a ledger',
      second(({ ledgers }) => ({ ledgers: ledgers.slice(0, 3) })),
      "expected all figures and ledgers of the gate's labels, but the candidate's ledger of websocket is missing",
    ],
    [
      'with a figure twice',
      second(({ values }) => ({ values: [...values, ...values.slice(0, 1)] })),
      'expected each figure and ledger once, got latencyUs.p50 of sse twice',
    ],
    [
      'with a label of another gate',
      second(({ first }) => ({ first: { ...first, polling: 'baseline' } })),
      'expected the gate\'s labels (sse, websocket), got "polling"',
    ],
    [
      'of which one is there twice',
      second(() => ({ round: 1 })),
      'expected the rounds from 1, each once, got 1 in the place of 2',
    ],
  ])('%s are refused', (_, given, sentence) => {
    expect(said(given)).toBe(`gate.json at round 2: ${sentence} [E_RESULT_SCHEMA]`)
  })

  test('have to agree with each other where the gate does not say of what it was', () => {
    expect(said(second(withoutSse), undefined)).toContain('but latencyUs.p50 of sse is missing [E_RESULT_SCHEMA]')
  })

  test('are refused in a few lines, whatever they bring', () => {
    const hostile = { ...MEASUREMENT, labels: Array.from({ length: 5_000 }, (_, index) => `\u001b[31m${index}`) }
    const sentence = said(rounds, hostile)
    expect(sentence).toMatch(/^gate\.json at round 1: expected the gate's labels \(\?\[31m0, /)
    expect(sentence?.length).toBeLessThan(500)
  })
})
