import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { delayUs, layoutOf, lengthUs, type SliceLayout, slicesFrom, turnsOf } from './layout.js'

const PHASES = { warmupUs: 300e3, measureUs: 5e6, drainUs: 2e6 }
const GATE = { sliceUs: 250e3, perSideUs: 5e6 }

const layouts: fc.Arbitrary<SliceLayout> = fc.record({
  sliceUs: fc.integer({ min: 50_000, max: 500_000 }),
  guardUs: fc.integer({ min: 0, max: 100_000 }),
  warmupUs: fc.integer({ min: 1, max: 2_000_000 }),
  slices: fc.integer({ min: 1, max: 30 }),
})
const sides = fc.constantFrom('baseline' as const, 'candidate' as const)

describe('the slices of a label', () => {
  test('are as many as make the time of a side, after whole slices of warm-up', () => {
    expect(layoutOf(GATE, { phases: PHASES, options: {} })).toEqual({
      sliceUs: 250e3,
      guardUs: 10e3,
      warmupUs: 500e3,
      slices: 20,
    })
  })

  test('of a transport that polls are apart by more than an interval, for the last messages to arrive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 50, max: 500 }), (intervalMs, sliceMs) => {
        const intervalUs = intervalMs * 1e3
        const { guardUs } = layoutOf({ ...GATE, sliceUs: sliceMs * 1e3 }, { phases: PHASES, options: { intervalUs } })
        expect(guardUs).toBeGreaterThanOrEqual(intervalUs + 10e3)
        expect(guardUs).toBeLessThan(2 * intervalUs + 10e3)
      }),
    )
  })

  test('have the polls of one side half an interval after those of the other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 50, max: 500 }), sides, (intervalMs, sliceMs, first) => {
        const intervalUs = intervalMs * 1e3
        const layout = layoutOf({ ...GATE, sliceUs: sliceMs * 1e3 }, { phases: PHASES, options: { intervalUs } })
        const apartUs = Math.abs(delayUs(layout, 'baseline', first) - delayUs(layout, 'candidate', first))
        expect(apartUs % intervalUs).toBeCloseTo(intervalUs / 2, 3)
      }),
    )
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
          expect(turns[side]).toHaveLength(1 + layout.slices)
          const own = counted.filter((slice) => slice.side === side).map(({ startUs, endUs }) => [startUs, endUs])
          expect(turns[side].slice(1).map((turn) => [turn.startOffsetUs, turn.endOffsetUs])).toEqual(own)
        }
        const apart = turns.baseline.map(({ startOffsetUs }, index) => {
          return Math.abs(startOffsetUs - (turns.candidate[index]?.startOffsetUs ?? 0))
        })
        expect(new Set(apart)).toEqual(new Set([layout.sliceUs + layout.guardUs]))
      }),
    )
  })

  test('come after a warm-up of both sides at once, and a rest that is as long as between two slices', () => {
    fc.assert(
      fc.property(layouts, sides, (layout, first) => {
        for (const [warmup, one, next] of Object.values(turnsOf({ ...layout, slices: 2 }, first))) {
          expect((warmup?.endOffsetUs ?? 0) - (warmup?.startOffsetUs ?? 0)).toBe(layout.warmupUs)
          const rests = [
            (one?.startOffsetUs ?? 0) - (warmup?.endOffsetUs ?? 0),
            (next?.startOffsetUs ?? 0) - (one?.endOffsetUs ?? 0),
          ]
          expect(rests[0]).toBe(rests[1])
        }
      }),
    )
  })
})
