import { describe, expect, it } from 'vitest'
import { deriveSeed, shuffled } from './seeds.js'

describe('deriveSeed', () => {
  it('is a 32-bit number that depends on every part and their order', () => {
    const seeds = [
      deriveSeed(1),
      deriveSeed(2),
      deriveSeed(1, 2),
      deriveSeed(2, 1),
      deriveSeed('ab', 'c'),
      deriveSeed('a', 'bc'),
      deriveSeed(97),
      deriveSeed('a'),
      deriveSeed(),
    ]
    expect(new Set(seeds).size).toBe(seeds.length)
    for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true)
  })

  it('changes half of the bits for a neighbour', () => {
    let changed = 0
    for (let part = 0; part < 1_000; part++) {
      for (let bits = deriveSeed(7, part) ^ deriveSeed(7, part + 1); bits !== 0; bits &= bits - 1) changed += 1
    }
    expect(changed / 1_000).toBeGreaterThan(15)
    expect(changed / 1_000).toBeLessThan(17)
  })
})

describe('shuffled', () => {
  it('makes every order equally likely', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 6_000; seed++) {
      const order = shuffled(['a', 'b', 'c'], deriveSeed(seed)).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // Five standard deviations of a binomial with 6,000 draws at 1/6.
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(145)
  })
})
