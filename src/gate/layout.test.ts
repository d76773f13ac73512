import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layoutOf, lengthUs, type SliceLayout, slicesFrom, turnsOf } from './layout.js'

const PHASES = { warmupUs: 300e3, measureUs: 5e6, drainUs: 2e6 }
const GATE = { sliceUs: 250e3, perSideUs: 5e6 }

const layouts: fc.Arbitrary<SliceLayout> = fc.record({
  sliceUs: fc.integer({ min: 50_000, max: 500_000 }),
  guardUs: fc.integer({ min: 0, max: 100_000 }),
  warmupSlices: fc.integer({ min: 1, max: 5 }),
  slices: fc.integer({ min: 1, max: 30 }),
})
const sides = fc.constantFrom('baseline' as const, 'candidate' as const)

describe('the slices of a label', () => {
  test('are as many as make the time of a side, after whole slices of warm-up', () => {
    expect(layoutOf(GATE, { phases: PHASES, options: {} })).toEqual({
      sliceUs: 250e3,
      guardUs: 10e3,
      warmupSlices: 2,
      slices: 20,
    })
  })

  test('of a transport that polls are apart by more than an interval, for the last messages to arrive', () => {
    expect(layoutOf(GATE, { phases: PHASES, options: { intervalUs: 50e3 } }).guardUs).toBe(60e3)
  })

  test('alternate between the sides from the one that is first, without touching, and fill the time of the feed', () => {
    fc.assert(
      fc.property(layouts, sides, (layout, first) => {
        const slices = slicesFrom(layout, first, 1e6)
        expect(slices).toHaveLength(2 * layout.slices)
        for (const [index, { startUs, endUs, side }] of slices.entries()) {
          expect(side === first).toBe(index % 2 === 0)
          expect(endUs - startUs).toBe(layout.sliceUs)
          expect((slices[index + 1]?.startUs ?? Number.POSITIVE_INFINITY) - endUs).toBeGreaterThanOrEqual(layout.guardUs)
        }
        expect(slices.at(-1)?.endUs).toBeCloseTo(1e6 + lengthUs(layout) - layout.guardUs, 3)
      }),
    )
  })

  test('are the last of the turns in which the feeds run, which are as far apart on both sides', () => {
    fc.assert(
      fc.property(layouts, sides, (layout, first) => {
        const turns = turnsOf(layout, first)
        const counted = slicesFrom(layout, first, 0)
        for (const side of ['baseline', 'candidate'] as const) {
          expect(turns[side]).toHaveLength(layout.warmupSlices + layout.slices)
          const own = counted.filter((slice) => slice.side === side).map(({ startUs, endUs }) => [startUs, endUs])
          expect(turns[side].slice(layout.warmupSlices).map((turn) => [turn.startOffsetUs, turn.endOffsetUs])).toEqual(own)
        }
        const apart = turns.baseline.map(({ startOffsetUs }, index) => {
          return Math.abs(startOffsetUs - (turns.candidate[index]?.startOffsetUs ?? 0))
        })
        expect(new Set(apart)).toEqual(new Set([layout.sliceUs + layout.guardUs]))
      }),
    )
  })
})
