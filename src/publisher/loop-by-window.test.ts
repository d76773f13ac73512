import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.js'
import { LoopByWindow } from './loop-by-window.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const WINDOWS = [
  { startUs: 100e3, endUs: 200e3 },
  { startUs: 300e3, endUs: 400e3 },
]

it('has a share for each window that came to its end, and none for the others', () => {
  const loops = new LoopByWindow(WINDOWS, new VirtualClock(0))
  vi.advanceTimersByTime(199)
  expect(loops.shares).toEqual([null, null])
  vi.advanceTimersByTime(1)
  const [first, second] = loops.shares
  expect(first).toBeGreaterThanOrEqual(0)
  expect(first).toBeLessThanOrEqual(1)
  expect(second).toBeNull()
})

it('leaves no timer behind', () => {
  const loops = new LoopByWindow(WINDOWS, new VirtualClock(0))
  vi.advanceTimersByTime(150)
  loops.stop()
  expect(vi.getTimerCount()).toBe(0)
})
