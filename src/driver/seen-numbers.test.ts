import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeenNumbers } from './seen-numbers.js'

test('numbers that were seen are those of a set, in whatever order they came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 80 }), fc.nat(60), fc.nat(60), (numbers, one, other) => {
      const seen = new SeenNumbers()
      for (const number of numbers) seen.add(number)
      const set = new Set(numbers)
      for (let number = 0; number <= 61; number++) expect(seen.has(number)).toBe(set.has(number))
      const [first, last] = [Math.min(one, other), Math.max(one, other)]
      expect(seen.count(first, last)).toBe([...set].filter((number) => number >= first && number <= last).length)
    }),
    { numRuns: 200 },
  )
})
