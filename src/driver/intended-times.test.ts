import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSchedule } from '../feed/schedule.js'
import { buildFeed } from '../testing/feeds.js'
import { IntendedTimes } from './intended-times.js'

describe('the intended times', () => {
  it('are those of the schedule by the clock, whatever was asked before', () => {
    const feed = buildFeed({ arrival: 'poisson', ratePerSec: 500 })
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 30 }), (positions) => {
        const [schedule, times] = [createSchedule(feed, null), new IntendedTimes(createSchedule(feed, null))]
        times.epochUs = 3_000_000
        for (const position of positions) expect(times.at(position)).toBe(3_000_000 + schedule.offsetUs(position))
      }),
      { numRuns: 20 },
    )
  })

  it('are computed once for all clients that ask for the same', () => {
    let asked = 0
    const times = new IntendedTimes({
      offsetUs: (position) => {
        asked++
        return position * 10
      },
      countBefore: () => 0,
    })
    for (let client = 0; client < 100; client++) for (const position of [1, 2, 3]) expect(times.at(position)).toBe(position * 10)
    expect(asked).toBe(3)
  })

  it('of two positions that share a place are not confused', () => {
    const times = new IntendedTimes(createSchedule(buildFeed({ ratePerSec: 1_000 }), null))
    const far = 7 + (1 << 16)
    expect([times.at(7), times.at(far), times.at(7)]).toEqual([6_500, far * 1_000 - 500, 6_500])
  })
})
