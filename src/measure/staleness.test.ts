import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TrialWindow } from '../model/trial.js'
import { agesOverTime, type Held, Staleness } from './staleness.js'

const window = (startUs: number, endUs: number): TrialWindow => ({ startUs, endUs, side: null, tag: null })
const nothingHeld = (): Held => ({ newestUs: Number.NaN, countedToUs: 0 })

interface Delivery {
  receivedUs: number
  intendedUs: number
}

function measured(clients: readonly (readonly Delivery[])[], windows: readonly TrialWindow[]): Staleness {
  const staleness = new Staleness()
  staleness.open(windows)
  for (const deliveries of clients) {
    const held = nothingHeld()
    for (const { intendedUs, receivedUs } of deliveries) staleness.renew(held, intendedUs, receivedUs)
    staleness.countTo(held, windows.at(-1)?.endUs ?? 0)
  }
  return staleness
}

/** Looks at each client every so often, and asks how old what it holds is. */
function sampled(clients: readonly (readonly Delivery[])[], windows: readonly TrialWindow[], everyUs: number): number[] {
  const ages: number[] = []
  for (const deliveries of clients) {
    for (const { startUs, endUs } of windows) {
      for (let us = startUs + everyUs / 2; us < endUs; us += everyUs) {
        const newest = deliveries.findLast(({ receivedUs }) => receivedUs <= us)
        if (newest !== undefined) ages.push(us - newest.intendedUs)
      }
    }
  }
  return ages.sort((a, b) => a - b)
}

const anyDeliveries = fc
  .array(fc.record({ gapUs: fc.integer({ min: 0, max: 400_000 }), latencyUs: fc.integer({ min: 0, max: 30_000 }) }), {
    minLength: 2,
    maxLength: 40,
  })
  .map((steps) => {
    let intendedUs = 900_000
    let receivedUs = 0
    return steps.map(({ gapUs, latencyUs }) => {
      intendedUs += gapUs
      receivedUs = Math.max(receivedUs, intendedUs + latencyUs)
      return { intendedUs, receivedUs }
    })
  })

describe('the age of the newest message', () => {
  it('grows from each delivery to the next', () => {
    const deliveries = [
      { intendedUs: 0, receivedUs: 10 },
      { intendedUs: 100, receivedUs: 150 },
    ]
    const { meanUs, observedUs } = measured([deliveries], [window(10, 200)])
    // From 10 to 150 over 140, then from 50 to 100 over 50.
    expect(observedUs).toBe(190)
    expect(meanUs).toBeCloseTo((140 * 80 + 50 * 75) / 190, 9)
  })

  it('is counted in the windows only, whenever the message came', () => {
    const deliveries = [
      { intendedUs: 0, receivedUs: 10 },
      { intendedUs: 900, receivedUs: 950 },
    ]
    const { meanUs, observedUs } = measured([deliveries], [window(100, 200), window(300, 400)])
    expect([observedUs, meanUs]).toEqual([200, 250])
  })

  it('is not known of a client that holds nothing', () => {
    const { meanUs, observedUs } = measured([[]], [window(100, 200)])
    expect([observedUs, meanUs]).toEqual([0, null])
  })

  it('counts no moment twice where two deliveries are stamped in the wrong order', () => {
    const staleness = new Staleness()
    staleness.open([window(0, 100)])
    const held = nothingHeld()
    staleness.renew(held, 0, 10)
    staleness.renew(held, 5, 50)
    staleness.renew(held, 6, 40)
    staleness.countTo(held, 100)
    expect(staleness.observedUs).toBe(90)
  })

  it('has the mean that looking at it all the time would give, exactly', () => {
    fc.assert(
      fc.property(fc.array(anyDeliveries, { minLength: 1, maxLength: 4 }), (clients) => {
        const windows = [window(1_000_000, 3_000_000), window(3_500_000, 4_000_000)]
        const samples = sampled(clients, windows, 1_000)
        if (samples.length === 0) return
        const mean = samples.reduce((sum, us) => sum + us, 0) / samples.length
        const { meanUs } = measured(clients, windows)
        // Sampling every millisecond misses the edges of up to 40 deliveries by half of one each.
        expect(Math.abs((meanUs ?? 0) - mean)).toBeLessThan(500 + mean * 0.02)
      }),
      { numRuns: 40 },
    )
  })

  it.each([
    ['few deliveries', 3, 700_000],
    ['many deliveries', 200, 10_000],
  ])('has the percentiles that looking at it all the time would give, within 1 %: %s', (_, count, gapUs) => {
    const clients = Array.from({ length: 5 }, (_, client) =>
      Array.from({ length: count }, (_, index) => {
        const intendedUs = 1_000_000 + index * gapUs + ((client * 7_919 + index * 104_729) % 5_000)
        return { intendedUs, receivedUs: intendedUs + 1_000 + ((client + index * 31) % 17) * 211 }
      }),
    )
    const windows = [window(1_010_000, 3_100_000)]
    const samples = sampled(clients, windows, 50)
    const { startAges, endAges } = measured(clients, windows)
    const { ages, unitUs } = agesOverTime(startAges, endAges)
    expect(unitUs).toBe(1_000)
    for (const percent of [5, 25, 50, 90, 99]) {
      const expected = samples[Math.ceil((percent / 100) * samples.length) - 1] as number
      expect(Math.abs(ages.percentile(percent) / expected - 1), `p${percent}`).toBeLessThan(0.01)
    }
    expect(Math.abs((ages.count * unitUs) / (samples.length * 50) - 1)).toBeLessThan(0.01)
  })

  it('has percentiles that are right where one client was left behind for long', () => {
    const usual = Array.from({ length: 1_000 }, (_, index) => ({ intendedUs: index * 1_000, receivedUs: index * 1_000 + 500 }))
    const clients = [usual, [{ intendedUs: 0, receivedUs: 500 }]]
    const windows = [window(1_000, 1_000_000)]
    const { ages } = agesOverTime(measured(clients, windows).startAges, measured(clients, windows).endAges)
    const samples = sampled(clients, windows, 10)
    for (const percent of [55, 60, 75, 99]) {
      const expected = samples[Math.ceil((percent / 100) * samples.length) - 1] as number
      expect(Math.abs(ages.percentile(percent) / expected - 1), `p${percent}`).toBeLessThan(0.01)
    }
  })

  it('is counted in coarser units where a histogram could not hold so much time', () => {
    const staleness = new Staleness()
    staleness.open([window(0, 3_600e6)])
    for (let client = 0; client < 1_000; client++) staleness.countTo({ newestUs: -1_000, countedToUs: 0 }, 3_600e6)
    const { ages, unitUs } = agesOverTime(staleness.startAges, staleness.endAges)
    expect(unitUs).toBe(10_000)
    expect(Math.abs((ages.count * unitUs) / 3_600e9 - 1)).toBeLessThan(0.01)
    expect(Math.abs(ages.percentile(50) / 1_800e6 - 1)).toBeLessThan(0.01)
  })
})
