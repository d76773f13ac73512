import { describe, expect, test } from 'vitest'
import { DEFAULT_GATE_RULES } from '../src/analysis/gate/rules.js'
import { decide, nextStep } from '../src/analysis/gate/verdict.js'
import type { GateRound, GateRules } from '../src/model/gate.js'

/** A sample of what `scripts/gate-simulation.mjs` prints: the rules that gates have by default, over seeded rounds. */

type Effect = Record<string, number>
interface Ends {
  pass: number
  fail: number
  inconclusive: number
  count: number
  meanRounds: number
}

const script = (name: string) => import(new URL(`../scripts/gate-simulation/${name}.mjs`, import.meta.url).href)
const { REGIMES } = (await script('noise')) as { REGIMES: Record<string, object> }
const { sessions, roundsOf, EFFECTS } = (await script('sessions')) as {
  sessions: (rules: GateRules, regime: object | undefined, effect: Effect | undefined, count: number, seed: number) => Ends
  roundsOf: (rules: GateRules, regime: object | undefined, effect: Effect | undefined, seed: number) => GateRound[]
  EFFECTS: Record<string, Effect>
}
const { chanceInterval } = (await script('chance')) as { chanceInterval: (met: number, count: number) => [number, number] }

const ends = (regime: string, what: string, count: number) =>
  sessions(DEFAULT_GATE_RULES, REGIMES[regime], EFFECTS[what], count, 1)

describe('a thousand gates of the same on both sides fail at most ten times', () => {
  test.each(Object.keys(REGIMES))('%s', (regime) => {
    const { fail, count } = ends(regime, 'the same', 1_000)
    expect(count).toBe(1_000)
    expect(fail).toBeLessThanOrEqual(10)
  })
})

test('where the machine is as it was measured, nearly all of them pass', () => {
  expect(ends('measured', 'the same', 300).pass).toBeGreaterThanOrEqual(0.95 * 300)
})

describe('where the machine is as it was measured, a gate finds', () => {
  test.each(Object.keys(EFFECTS).filter((what) => what !== 'the same'))('%s', (what) => {
    const { fail, pass, count, meanRounds } = ends('measured', what, 300)
    expect(fail).toBeGreaterThanOrEqual(0.95 * count)
    expect(pass).toBe(0)
    expect(meanRounds).toBeLessThan(14)
  })
})

test('a machine 2.5 times worse makes it less sure, not wrong: what is there passes hardly ever', () => {
  const { pass, fail, count } = ends('worse', 'p50 +10 % on one', 300)
  expect(pass).toBeLessThanOrEqual(0.02 * count)
  expect(fail).toBeGreaterThanOrEqual(0.4 * count)
})

test('asked round by round, a gate decides the same, and asks for no more rounds than it says', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const rounds = roundsOf(DEFAULT_GATE_RULES, REGIMES.worse, seed % 2 === 0 ? {} : EFFECTS['p50 +10 % on one'], seed)
    const measured: GateRound[] = []
    let step = nextStep(measured, DEFAULT_GATE_RULES)
    while (step.step === 'measure') {
      const next = rounds[step.round - 1]
      expect(next?.round).toBe(measured.length + 1)
      if (next !== undefined) measured.push(next)
      step = nextStep(measured, DEFAULT_GATE_RULES)
    }
    expect(JSON.stringify(step.verdict)).toBe(JSON.stringify(decide(rounds, DEFAULT_GATE_RULES)))
    expect(step.verdict.rounds).toBe(measured.length)
  }
})

test('how sure a share is (Wilson)', () => {
  const [low, high] = chanceInterval(10, 100)
  expect(low).toBeCloseTo(0.0552, 4)
  expect(high).toBeCloseTo(0.1744, 4)
  expect(chanceInterval(0, 1_000)[0]).toBeCloseTo(0, 12)
})
