import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.js'
import { HeapTimers } from './timers.js'

const START_US = 1_000_000_000

function bench(onWake?: () => void, onRest?: () => void) {
  const clock = new VirtualClock(START_US)
  const timers = new HeapTimers(clock, onWake, onRest)
  const fired: number[] = []
  return {
    clock,
    timers,
    fired,
    /** Notes its time after the start when it fires. */
    at: (afterUs: number) => timers.at(START_US + afterUs, () => fired.push(afterUs)),
    /** Time passes a millisecond at a time, as it does for the loop's timers. */
    pass: (ms: number) => {
      for (let step = 0; step < ms; step++) {
        clock.advanceBy(1_000)
        vi.advanceTimersByTime(1)
      }
    },
  }
}

describe('timers on a heap', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('fire in the order of their times, whatever the order in which they were asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 300 }), (times) => {
        const { at, fired, pass } = bench()
        for (const us of times) at(us)
        pass(301)
        expect(fired).toEqual([...times].sort((a, b) => a - b))
      }),
      { numRuns: 30 },
    )
  })

  it('fire after their time and never before it, by less than a millisecond where the loop is free', () => {
    const { clock, timers, pass } = bench()
    const lateUs: number[] = []
    for (let us = 100; us < 50_000; us += 777) timers.at(START_US + us, () => lateUs.push(clock.nowUs() - START_US - us))
    pass(60)
    expect(lateUs).toHaveLength(65)
    expect(Math.min(...lateUs)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...lateUs)).toBeLessThan(1_000)
  })

  it('fire for a time that has passed, but not before the caller has gone on', () => {
    const { at, fired, pass } = bench()
    at(-5_000)
    expect(fired).toEqual([])
    pass(1)
    expect(fired).toEqual([-5_000])
  })

  it('do not fire once they are cancelled, nor twice', () => {
    const { at, fired, pass } = bench()
    const [first, second] = [at(1_000), at(2_000), at(3_000)]
    first?.cancel()
    pass(2)
    second?.cancel()
    pass(5)
    expect(fired).toEqual([2_000, 3_000])
  })

  it('may be cancelled by one that fires with them', () => {
    const { clock, timers, fired, at } = bench()
    timers.at(START_US + 1_000, () => victim.cancel())
    const victim = at(1_100)
    clock.stall(5_000)
    vi.advanceTimersByTime(5)
    expect(fired).toEqual([])
  })

  it('that a callback adds for now wait for the next turn', () => {
    const { clock, timers } = bench()
    const turns: number[] = []
    let turn = 0
    const again = () => {
      turns.push(turn)
      if (turns.length < 4) timers.at(clock.nowUs(), again)
    }
    timers.at(START_US, again)
    for (turn = 1; turn <= 6; turn++) vi.advanceTimersToNextTimer()
    expect(turns).toEqual([1, 2, 3, 4])
  })

  it('keep a period that does not drift by what its ticks are late', () => {
    const { clock, timers } = bench()
    const ticks: number[] = []
    const tick = (dueUs: number) => () => {
      ticks.push(dueUs - START_US)
      timers.at(dueUs + 10_000, tick(dueUs + 10_000))
    }
    timers.at(START_US + 10_000, tick(START_US + 10_000))
    for (let step = 0; step < 20; step++) {
      clock.stall(7_300)
      vi.advanceTimersByTime(7)
    }
    expect(ticks).toEqual(Array.from({ length: ticks.length }, (_, index) => (index + 1) * 10_000))
    expect(ticks.length).toBeGreaterThan(10)
  })

  it('say that the loop comes by before anything fires, and when all has', () => {
    const order: string[] = []
    const { timers, pass } = bench(
      () => order.push('wake'),
      () => order.push('rest'),
    )
    for (const name of ['one', 'two']) timers.at(START_US + 1_000, () => order.push(name))
    pass(2)
    expect(order).toEqual(['wake', 'one', 'two', 'rest'])
  })

  it('are one timer of the loop, however many there are', () => {
    const { at } = bench()
    for (let us = 10_000; us > 0; us--) at(us)
    expect(vi.getTimerCount()).toBe(1)
  })
})
