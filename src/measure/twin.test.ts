import { describe, expect, it } from 'vitest'
import type { TrialWindow } from '../model/trial.js'
import { isWithin, Twin } from './twin.js'

const window = (startUs: number, endUs: number): TrialWindow => ({ startUs, endUs, side: null, tag: null })

describe('a twin', () => {
  it('has two sheets of the same shape, of which one counts', () => {
    const twin = new Twin(() => ({ total: 0 }))
    twin.of(true).total += 2
    twin.of(false).total += 5
    expect([twin.counted, twin.uncounted]).toEqual([{ total: 2 }, { total: 5 }])
  })
})

describe('a moment', () => {
  it.each([
    ['before the first window', 9, false],
    ['at its start', 10, true],
    ['just before its end', 19, true],
    ['at its end', 20, false],
    ['between two', 25, false],
    ['in the second', 30, true],
    ['after the last', 40, false],
  ])('%s', (_, us, expected) => {
    expect(isWithin([window(10, 20), window(30, 40)], us)).toBe(expected)
  })

  it('is in no window where there is none', () => {
    expect(isWithin([], 0)).toBe(false)
  })
})
