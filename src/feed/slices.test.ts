import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildFeed } from '../testing/feeds.js'
import { createSchedule } from './schedule.js'

const periodic = buildFeed({ arrival: 'periodic', ratePerSec: 1_000 })

describe('a feed that runs in slices', () => {
  it('is due in them only, and goes on where it stood', () => {
    const slices = [
      { startOffsetUs: 10_000, endOffsetUs: 12_000 },
      { startOffsetUs: 50_000, endOffsetUs: 53_000 },
    ]
    const schedule = createSchedule({ ...periodic, slices }, null)
    expect([1, 2, 3, 4, 5, 6].map((position) => schedule.offsetUs(position))).toEqual([
      10_500,
      11_500,
      50_500,
      51_500,
      52_500,
      Number.POSITIVE_INFINITY,
    ])
    expect([0, 10_500, 10_501, 30_000, 50_501, 90_000].map((us) => schedule.countBefore(us))).toEqual([0, 0, 1, 2, 3, 5])
  })

  it('counts before a moment exactly what is due before it, whatever the slices', () => {
    const gaps = fc.array(fc.tuple(fc.nat(20_000), fc.nat(20_000)), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(gaps, fc.constantFrom('periodic', 'poisson'), fc.nat(500_000), (lengths, arrival, elapsedUs) => {
        let atUs = 0
        const slices = lengths.map(([pauseUs, lengthUs]) => {
          const startOffsetUs = atUs + pauseUs
          atUs = startOffsetUs + lengthUs
          return { startOffsetUs, endOffsetUs: atUs }
        })
        const schedule = createSchedule({ ...periodic, arrival, slices }, null)
        const count = schedule.countBefore(elapsedUs)
        if (count > 0) expect(schedule.offsetUs(count)).toBeLessThan(elapsedUs)
        expect(schedule.offsetUs(count + 1)).toBeGreaterThanOrEqual(elapsedUs)
        for (let position = 1; position <= count; position++) {
          const us = schedule.offsetUs(position)
          expect(slices.some(({ startOffsetUs, endOffsetUs }) => us >= startOffsetUs && us < endOffsetUs)).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })
})
