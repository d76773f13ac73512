import { describe, expect, it } from 'vitest'
import { SELFTEST_CHECKS } from '../model/selftest.js'
import { together } from './check.js'
import { atLeast, atMost, compare, exactly } from './compare.js'
import { expectedUs, GROUPS, judged } from './selftest.js'

const CHECK = { name: 'polling', meaning: 'polling is wrong' } as const
const off = exactly('polls', 'count', 9, 10)
const right = exactly('polls', 'count', 10, 10)

describe('a comparison', () => {
  const tolerance = { below: { share: 0.01 }, above: { share: 0.02, absolute: 5 } }

  it.each([
    [99, true],
    [98.9, false],
    [105, true],
    [105.1, false],
    [Number.NaN, false],
    [null, false],
  ])('of %s with 100, 1 % below and 5 above, is within: %s', (measured, isWithin) => {
    expect(compare('mean', 'us', measured, 100, tolerance)).toMatchObject({ isWithin, least: 99, most: 105 })
  })

  it('with what is not known is never within', () => {
    expect(compare('mean', 'us', 100, Number.NaN, tolerance).isWithin).toBe(false)
    expect(exactly('bytes', 'bytes', null, 0).isWithin).toBe(false)
  })

  it('with a limit has one side only', () => {
    expect([atMost('a step', 'us', 10, 10).isWithin, atMost('a step', 'us', 11, 10).isWithin]).toEqual([true, false])
    expect([atLeast('reasons', 'count', 1, 1).isWithin, atLeast('reasons', 'count', 0, 1).isWithin]).toEqual([true, false])
  })
})

describe('a check', () => {
  it.each([
    ['pass', { comparisons: [right] }],
    ['fail', { comparisons: [right, off] }],
    ['fail', { comparisons: [off], inconclusive: 'one of its trials was invalid' }],
    ['inconclusive', { comparisons: [right], inconclusive: 'one of its trials was invalid' }],
    ['inconclusive', { comparisons: [] }],
    ['skipped', { comparisons: [], skipped: 'tcpdump is not installed' }],
  ])('is a %s after %j', (status, finding) => {
    expect(judged(CHECK, finding, 1)).toMatchObject({ name: 'polling', status, tookUs: 1 })
  })

  it('says what a failure means, and only then', () => {
    expect(judged(CHECK, { comparisons: [off] }, 1).meaning).toBe('polling is wrong')
    expect(judged(CHECK, { comparisons: [right] }, 1).meaning).toBeNull()
  })

  it('of several cases has the comparisons and notes of all, and is in doubt with any of them', () => {
    const doubtful = { comparisons: [], notes: ['twice'], inconclusive: 'disturbed' }
    expect(together([{ comparisons: [right] }, doubtful])).toEqual({
      comparisons: [right],
      notes: ['twice'],
      inconclusive: 'disturbed',
    })
  })
})

describe('the checks', () => {
  const all = GROUPS.flat()

  it('are those that can be named, in the order in which they are shown, each with what its failure means', () => {
    expect(all.map(({ name }) => name)).toEqual(SELFTEST_CHECKS)
    expect(all.filter(({ meaning }) => meaning.length < 20)).toEqual([])
  })

  it('take three minutes at most', () => {
    expect(expectedUs({ thorough: false, only: null })).toBeLessThan(150e6)
    expect(expectedUs({ thorough: false, only: ['clock'] })).toBeLessThan(5e6)
  })
})
