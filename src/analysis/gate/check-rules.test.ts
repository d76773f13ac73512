import { describe, expect, test } from 'vitest'
import type { GateRules } from '../../model/gate.js'
import { checkRules } from './check-rules.js'
import { DEFAULT_GATE_RULES } from './rules.js'

const check = (parts: Partial<GateRules>, labels = 4) =>
  checkRules({ ...DEFAULT_GATE_RULES, ...parts }, labels).map(({ code, path }) => `${code} ${path.join(' ')}`)

describe('rules of a gate', () => {
  test('are good as they are, for up to six labels', () => {
    for (const labels of [1, 4, 5, 6]) expect(checkRules(DEFAULT_GATE_RULES, labels)).toEqual([])
  })

  test('that could never decide are refused (E_GATE), with the figures and the way out', () => {
    // 28 figures need a p of 0.006 / 28, which 12 rounds do not have: 2^-12.
    expect(checkRules(DEFAULT_GATE_RULES, 7)).toEqual([
      {
        code: 'E_GATE',
        path: ['looks', 1],
        message: 'expected a look that could find something, but with 28 figures no p after 12 rounds gets down to 0.006',
        hint: 'look after 13 rounds or more, give it a greater alpha, or compare fewer figures',
      },
    ])
    expect(check({ looks: [10], alphas: [0.01] }, 3)).toEqual(['E_GATE looks 0'])
    expect(check({ looks: [11], alphas: [0.01] }, 2)).toEqual([])
    expect(check({ looks: [6, 20], alphas: [0.01, 0.01], passAlpha: 1e-9 })).toEqual(['E_GATE passAlpha'])
  })

  test('without any margin have nothing to decide by', () => {
    const none = Object.fromEntries(Object.keys(DEFAULT_GATE_RULES.margins).map((metric) => [metric, null]))
    expect(check({ margins: none as GateRules['margins'] })).toEqual(['E_GATE margins'])
  })

  test.each<[string, Partial<GateRules>]>([
    ['E_RANGE margins latencyUs.p50', { margins: { ...DEFAULT_GATE_RULES.margins, 'latencyUs.p50': 0 } }],
    ['E_RANGE margins latencyUs.p50', { margins: { ...DEFAULT_GATE_RULES.margins, 'latencyUs.p50': Number.NaN } }],
    ['E_RANGE identicalBytesMargin', { identicalBytesMargin: -0.1 }],
    ['E_RANGE looks', { looks: [], alphas: [] }],
    ['E_RANGE looks 0', { looks: [5, 12, 20] }],
    ['E_RANGE looks 1', { looks: [6, 12.5, 20] }],
    ['E_RANGE looks 2', { looks: [6, 12, 12] }],
    ['E_RANGE alphas', { alphas: [0.002, 0.006] }],
    ['E_RANGE alphas 1', { alphas: [0.002, 0.6, 0.002] }],
    ['E_RANGE passAlpha', { passAlpha: 0 }],
    ['E_RANGE mostReplacedShare', { mostReplacedShare: 0.5 }],
  ])('outside their limits are refused: %s', (expected, parts) => {
    expect(check(parts)).toEqual([expected])
  })

  test('say what was expected and what came', () => {
    for (const { message } of [...checkRules({ ...DEFAULT_GATE_RULES, looks: [2] }, 4), ...checkRules(DEFAULT_GATE_RULES, 9)])
      expect(message).toMatch(/^expected .+, (got|but) .+/)
  })
})
