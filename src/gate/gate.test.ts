import { describe, expect, test } from 'vitest'
import { DEFAULT_GATE_RULES } from '../analysis/gate/rules.js'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult, GateRound } from '../model/gate.js'
import { buildGateRound, INVALID_ROUND, roundValue } from '../testing/gate-rounds.js'
import { type GateBegun, runGate } from './gate.js'

const BEGUN: GateBegun = {
  schemaVersion: 1,
  feedbench: { version: '0.1.0' },
  form: 'ab',
  layout: 'slices',
  scenario: { name: 'gate', sha256: '' },
  seed: 1,
  sides: { baseline: { what: 'a', build: null, revision: null }, candidate: { what: 'b', build: null, revision: null } },
  rules: {
    ...DEFAULT_GATE_RULES,
    margins: { ...DEFAULT_GATE_RULES.margins, 'latencyUs.p90': null, 'latencyUs.windowedP99': null, 'bytes.perMessage': null },
  },
  environment: {},
  rounds: [],
}

/** Values that alternate a little around a change. */
const roundAt = (change: number) => (round: number) =>
  buildGateRound(round, { values: [roundValue('sse', 'latencyUs.p50', change + (round % 2 === 0 ? 0.001 : -0.001))] })

interface Played {
  result: GateResult
  failure: FeedbenchError | null
  appended: number[]
  written: GateResult[]
}

async function play(
  measure: (round: number, abort: (reason: string) => void) => GateRound | Promise<GateRound>,
  rounds: GateRound[] = [],
): Promise<Played> {
  const appended: number[] = []
  const written: GateResult[] = []
  const interruption = new AbortController()
  const outcome = await runGate({
    begun: { ...BEGUN, rounds },
    folder: {
      path: '',
      async appendRound({ round }) {
        appended.push(round)
      },
      async write(result) {
        written.push(structuredClone(result))
      },
    },
    measure: async (round) => measure(round, (reason) => interruption.abort(reason)),
    onRound() {},
    signal: interruption.signal,
    async abort() {},
  })
  return { ...outcome, appended, written }
}

describe('a gate', () => {
  test('measures until a look decides, and no further', async () => {
    const same = await play(roundAt(0))
    expect([same.result.verdict.status, same.appended]).toEqual(['pass', [1, 2, 3, 4, 5, 6]])
    const slower = await play(roundAt(0.2))
    expect([slower.result.verdict.status, slower.result.verdict.exitCode, slower.appended.length]).toEqual(['fail', 1, 6])
  })

  test('does not count rounds in which a label is still warming up', async () => {
    const { result } = await play((round) => ({
      ...roundAt(0)(round),
      first: { sse: 'baseline' },
      covariates: { 'sse.warmUpTrend': 2 },
    }))
    expect([result.verdict.status, result.verdict.rounds]).toEqual(['invalid', 2])
    expect(result.verdict.why).toContain('WARMING_UP')
  })

  test('can be gone on with from the moment at which it begins', async () => {
    const { written } = await play(roundAt(0))
    expect(written.map(({ rounds, verdict }) => [rounds.length, verdict.status])).toEqual([
      [0, 'invalid'],
      [6, 'pass'],
    ])
  })

  test('that is decided is not measured again, whatever is hoped for', async () => {
    const { result } = await play(roundAt(0.2))
    const again = await play(() => Promise.reject(new Error('measured')), result.rounds)
    expect([again.result.verdict, again.appended, again.failure]).toEqual([result.verdict, [], null])
  })

  test('that goes on adds the rounds that are missing', async () => {
    const begun = [1, 2, 3].map(roundAt(0))
    const { result, appended } = await play(roundAt(0), begun)
    expect(appended).toEqual([4, 5, 6])
    expect(result).toEqual((await play(roundAt(0))).result)
  })

  test('replaces invalid rounds, a quarter of the most at most, and is invalid beyond', async () => {
    const invalid = (round: number) => buildGateRound(round, { validity: INVALID_ROUND })
    const { result, appended } = await play((round) => (round <= 5 ? invalid(round) : roundAt(0)(round)))
    expect([result.verdict.status, result.verdict.replaced, appended.length]).toEqual(['pass', 5, 11])
    const never = await play(invalid)
    expect([never.result.verdict.status, never.result.verdict.exitCode, never.appended.length]).toEqual(['invalid', 3, 6])
  })

  test('whose server dies says so, has no verdict of its own, and keeps its rounds', async () => {
    const died = new FeedbenchError({
      code: 'E_MEMBER_DIED',
      where: 'feedbench server',
      message: 'expected to run, but it ended',
    })
    const { result, failure, written } = await play((round) => (round < 3 ? roundAt(0)(round) : Promise.reject(died)))
    expect(failure?.exitCode).toBe(4)
    expect([result.rounds.length, written.at(-1)?.rounds.length]).toEqual([3, 3])
    expect(result.rounds[2]).toMatchObject({
      round: 3,
      validity: {
        status: 'invalid',
        reasons: [{ code: 'E_MEMBER_DIED', message: 'feedbench server: expected to run, but it ended' }],
      },
    })
  })

  test('is not gone on with until green: what broke is written down, counts as replaced, and comes to an end', async () => {
    const dying = (round: number) => (round % 2 === 0 ? roundAt(0)(round) : Promise.reject(new Error('died')))
    let rounds: GateRound[] = []
    const codes: (number | null)[] = []
    for (let turn = 0; turn < 6; turn++) {
      const { result, failure } = await play(dying, rounds)
      rounds = result.rounds
      codes.push(failure?.exitCode ?? null)
    }
    expect(codes).toEqual(new Array(6).fill(70))
    const last = await play(dying, rounds)
    expect([last.failure, last.appended, last.result.verdict.status, last.result.verdict.exitCode]).toEqual([
      null,
      [],
      'invalid',
      3,
    ])
    expect(last.result.verdict.why).toBe('6 of 11 rounds were invalid (E_BUG), and 5 may be replaced at most')
  })

  test('that is interrupted ends with 130, and keeps its rounds', async () => {
    const { failure, written } = await play((round, abort) => {
      if (round === 2) abort('SIGINT')
      return roundAt(0)(round)
    })
    expect(failure?.problems[0]).toMatchObject({ code: 'E_INTERRUPTED', where: 'gate' })
    expect([failure?.exitCode, written.at(-1)?.rounds.length]).toEqual([130, 2])
  })

  test('in which something breaks that nobody expected is a bug, never a verdict', async () => {
    const { failure } = await play(() => Promise.reject(new TypeError('no')))
    expect([failure?.exitCode, failure?.problems[0]?.code]).toEqual([70, 'E_BUG'])
  })
})
