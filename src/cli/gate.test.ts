import { describe, expect, test } from 'vitest'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult, GateVerdict } from '../model/gate.js'
import { exitCodeOf } from './gate.js'
import { refuseUnheard } from './gate-session.js'

const resultOf = (status: GateVerdict['status'], exitCode: number, look: number | null = 3) =>
  ({ verdict: { status, exitCode, look } }) as GateResult
const died = new FeedbenchError({ code: 'E_MEMBER_DIED', where: 'feedbench server', message: 'expected to run, but it ended' })

describe('a gate ends with', () => {
  test.each<[GateVerdict['status'], number]>([
    ['pass', 0],
    ['fail', 1],
    ['inconclusive', 3],
    ['invalid', 3],
  ])('the code of its verdict: %s %i', (status, code) => {
    expect(exitCodeOf({ result: resultOf(status, code), failure: null }, undefined)).toBe(code)
  })

  test('0 where it is inconclusive and that is let pass, and never where it is invalid or failed', () => {
    const relaxed = (status: GateVerdict['status'], code: number) =>
      exitCodeOf({ result: resultOf(status, code), failure: null }, 'pass')
    expect([relaxed('inconclusive', 3), relaxed('invalid', 3), relaxed('fail', 1), relaxed('pass', 0)]).toEqual([0, 3, 1, 0])
  })

  test('3 where it is inconclusive only because it is not finished, or was measured elsewhere, whatever is let pass', () => {
    expect(exitCodeOf({ result: resultOf('inconclusive', 3, null), failure: null }, 'pass')).toBe(3)
  })

  test('the code of what ended it before its verdict, whatever its rounds say', () => {
    for (const status of ['pass', 'fail', 'inconclusive'] as const)
      expect(exitCodeOf({ result: resultOf(status, 0), failure: died }, 'pass')).toBe(4)
  })
})

describe('options of a gate that would make no difference are refused', () => {
  test.each([
    [{ against: 'main', baseline: '../before' }, 'expected either --against or --baseline, got baseline too'],
    [{ resume: 'a', out: 'b' }, 'got out too'],
    [{ resume: 'a', against: 'main' }, 'got against too'],
  ])('%j', (request, message) => {
    expect(() => refuseUnheard(request)).toThrow(message)
  })

  test('and no others', () => {
    for (const request of [
      { against: 'main', candidate: '.' },
      { resume: 'a', candidate: '.' },
      { baseline: 'a', out: 'b' },
    ])
      expect(() => refuseUnheard(request)).not.toThrow()
  })
})
