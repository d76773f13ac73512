import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlannedNetwork } from '../../model/network.js'
import { buildLink } from '../../testing/links.js'
import { LinkDelays } from './link-delays.js'

const link = (parts: Partial<PlannedNetwork> = {}) => buildLink({ rttUs: 40_000, ...parts })

describe('the delays of a link', () => {
  it('are half of the round trip each way', () => {
    const delays = new LinkDelays(link(), 1)
    expect([1_000, 1_001, 90_000].map((us) => delays.dueUs(us, 200))).toEqual([21_000, 21_001, 110_000])
  })

  it('have bytes put on the link one after another, as fast as it is, and idle time is not made up for', () => {
    const delays = new LinkDelays(link({ bandwidthBytesPerSec: 1e6 }), 1)
    // 1 byte a microsecond: 500 us each, and the second waits for the first.
    expect([0, 100, 5_000].map((us) => delays.dueUs(us, 500))).toEqual([20_500, 21_000, 25_500])
  })

  it('vary evenly by half of the jitter either way, and come again with the same seed', () => {
    const draw = (seed: number) => {
      const delays = new LinkDelays(link({ jitterUs: 8_000 }), seed)
      return Array.from({ length: 2_000 }, (_, index) => delays.dueUs(index * 100_000, 100) - index * 100_000)
    }
    const drawn = draw(7)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(16_000)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(24_000)
    expect(drawn.filter((us) => us < 18_000).length / drawn.length).toBeCloseTo(0.25, 1)
    expect(drawn.filter((us) => us > 22_000).length / drawn.length).toBeCloseTo(0.25, 1)
    expect(draw(7)).toEqual(drawn)
    expect(draw(8)).not.toEqual(drawn)
  })

  it('never let bytes overtake those before them, nor arrive before they were sent', () => {
    const sent = fc.array(fc.record({ afterUs: fc.nat(5_000), bytes: fc.integer({ min: 1, max: 60_000 }) }), { maxLength: 60 })
    fc.assert(
      fc.property(sent, fc.integer(), fc.boolean(), (parcels, seed, isSlow) => {
        const delays = new LinkDelays(link({ jitterUs: 40_000, bandwidthBytesPerSec: isSlow ? 1e6 : null }), seed)
        let nowUs = 0
        let lastUs = 0
        for (const { afterUs, bytes } of parcels) {
          nowUs += afterUs
          const dueUs = delays.dueUs(nowUs, bytes)
          expect(dueUs).toBeGreaterThanOrEqual(Math.max(lastUs, nowUs))
          lastUs = dueUs
        }
      }),
    )
  })
})
