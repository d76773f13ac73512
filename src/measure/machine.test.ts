import { afterEach, expect, it, vi } from 'vitest'
import { readMachine } from './machine.js'

afterEach(() => {
  vi.restoreAllMocks()
})

it('sees the wall clock step, which the monotonic clock does not', () => {
  const before = readMachine()
  const realNow = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + 3_600_000)
  const stepUs = readMachine().wallOffsetUs - before.wallOffsetUs
  // The wall clock is read in whole milliseconds, and a little time goes by between the readings of the two clocks.
  expect(Math.abs(stepUs - 3_600e6)).toBeLessThan(1e6)
})
