import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differencesOf, meansOf, type Parts } from './parts.js'

/** With ties, both signs, both zeros, and the ends of a double's range. */
const value = fc.oneof(
  fc.constantFrom(0, -0, 0.1, 0.2, 0.3, -0.1, 1e-320, -5e-324, 1e300, -1e300),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e307, max: 1e307 }),
)
const sample = fc.array(value, { minLength: 1, maxLength: 12 })

/** Which of the two zeros it is makes no difference to anybody. */
const all = ({ count, at }: Parts) => Array.from({ length: count }, (_, rank) => at(rank) + 0)

describe('parts that are not written down', () => {
  test('are to the last bit those that are, at every rank: means', () => {
    fc.assert(
      fc.property(sample, (values) => {
        expect(all(meansOf(values, 0))).toEqual(all(meansOf(values)))
      }),
    )
  })

  test('are to the last bit those that are, at every rank: differences', () => {
    fc.assert(
      fc.property(sample, sample, (from, to) => {
        expect(all(differencesOf(from, to, 0))).toEqual(all(differencesOf(from, to)))
      }),
    )
  })

  test('are found among more than there is memory for', () => {
    const many = Array.from({ length: 200_001 }, (_, index) => index)
    const shifted = many.map((one) => one + 5)
    const { count, at } = differencesOf(many, shifted)
    expect(count).toBe(200_001 ** 2)
    expect([at(0), at((count - 1) / 2), at(count - 1)]).toEqual([5 - 200_000, 5, 200_005])
    const means = meansOf(many)
    expect([means.at(0), means.at(means.count - 1)]).toEqual([0, 200_000])
  })
})
