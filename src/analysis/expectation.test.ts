import { describe, expect, test } from 'vitest'
import { isMet, parseExpectation } from './expectation.js'

describe('an expectation', () => {
  test.each([
    ['p99 == 1270ms within 5%', { figure: 'p99', op: '==', value: 1_270_000, kind: 'duration', tolerance: 63_500 }],
    ['emptyShare==70% within 2%', { figure: 'emptyShare', op: '==', value: 0.7, kind: 'share', tolerance: 0.7 * 0.02 }],
    ['sse.knee >= 2', { figure: 'sse.knee', op: '>=', value: 2, kind: 'number', tolerance: 0 }],
    ['ratio == 435.5 within 0.5', { figure: 'ratio', op: '==', value: 435.5, kind: 'number', tolerance: 0.5 }],
    ['memory < 30kB', { figure: 'memory', op: '<', value: 30_000, kind: 'size', tolerance: 0 }],
  ])('reads %s', (text, read) => expect(parseExpectation(text)).toEqual(read))

  test.each([
    ['p99', 'expected <figure>, one of'],
    ['p99 ~ 5', 'expected <figure>, one of'],
    [`p99 < ${'9'.repeat(300)}`, 'expected <figure>, one of'],
    ['p99 < soon', 'expected a plain number, or one with a unit'],
    ['p99 < 5ms within 1%', 'expected within only after =='],
    ['p99 == 5ms within 3', 'expected a tolerance in percent, or in the unit'],
  ])('refuses %s', (text, message) => expect(() => parseExpectation(text)).toThrow(message))

  test.each([
    ['x == 100 within 5%', [95, 100, 105], [94.9, 105.1]],
    ['x == 0.3', [0.1 + 0.2], [0.300001]],
    ['x < 2', [1.9], [2]],
    ['x <= 2', [2], [2.1]],
    ['x > 2', [2.1], [2]],
    ['x >= 2', [2], [1.9]],
  ])('%s is met by %j and not by %j', (text, good, bad) => {
    const expectation = parseExpectation(text)
    expect(good.map((value) => isMet(expectation, value))).toEqual(good.map(() => true))
    expect([...bad, null, Number.NaN].map((value) => isMet(expectation, value))).toEqual([...bad, null, null].map(() => false))
  })
})
