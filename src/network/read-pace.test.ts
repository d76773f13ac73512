import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.js'
import { ReadPace, type SlowReading } from './read-pace.js'

const TICK_US = 100e3

function paceOf(bytesPerSec: number) {
  const clock = new VirtualClock()
  const reading: SlowReading = { bytesPerSec, clock, timers: clock, readBytes: 0 }
  const pace = new ReadPace(reading)
  return { clock, reading, pace }
}

/** A reader that always finds something: reads on as often as it may, whatever a read brings. */
function readAll({ pace }: ReturnType<typeof paceOf>, lengthOf: () => number = () => pace.largestReadBytes): void {
  const readOn = () => {
    for (let mayRead = true; mayRead; ) mayRead = pace.read(lengthOf())
  }
  pace.onResume = readOn
  readOn()
}

describe('a slow reader with enough to read', () => {
  it.each([100, 1_000, 20_480, 1e6, 50e6])('reads %d bytes a second, and never more than a tick in advance', (bytesPerSec) => {
    const parts = paceOf(bytesPerSec)
    readAll(parts)
    for (let tick = 1; tick <= 100; tick++) {
      parts.clock.advanceBy(TICK_US)
      const duePerTick = bytesPerSec / 10
      expect(parts.reading.readBytes).toBeLessThanOrEqual(duePerTick * (tick + 1) + parts.pace.largestReadBytes)
      expect(parts.reading.readBytes).toBeGreaterThanOrEqual(duePerTick * tick)
    }
  })

  it('pays for a read that took more than was left', () => {
    const parts = paceOf(10_000)
    const lengths = [900, 900, 900]
    readAll(parts, () => lengths.shift() ?? 1_000)
    expect(parts.reading.readBytes).toBe(1_800)
    parts.clock.advanceBy(TICK_US)
    expect(parts.reading.readBytes).toBe(2_700)
    parts.clock.advanceBy(10 * TICK_US)
    expect(parts.reading.readBytes).toBeLessThanOrEqual(12 * 1_000 + 1_000)
  })

  it('makes up for timers that come late', () => {
    const parts = paceOf(20_000)
    readAll(parts)
    parts.clock.stall(3e6)
    parts.clock.advanceBy(TICK_US)
    expect(parts.reading.readBytes).toBeGreaterThanOrEqual(3.1 * 20_000)
    expect(parts.reading.readBytes).toBeLessThanOrEqual(3.3 * 20_000)
  })

  it('resumes at ticks of absolute time, however much of one has passed', () => {
    const { clock, pace } = paceOf(10_000)
    const startUs = clock.nowUs()
    const resumedUs: number[] = []
    pace.onResume = () => resumedUs.push(clock.nowUs() - startUs)
    for (const us of [30e3, 170e3, 399e3]) {
      clock.advanceTo(startUs + us)
      expect(pace.read(1_000)).toBe(false)
      clock.advanceTo(startUs + us + TICK_US)
    }
    expect(resumedUs).toEqual([100e3, 200e3, 400e3])
  })
})

describe('a slow reader that finds little', () => {
  it('is never held back, and has no timers', () => {
    const { clock, pace } = paceOf(10_000)
    for (let tick = 0; tick < 50; tick++) {
      expect(pace.read(900)).toBe(true)
      clock.advanceBy(TICK_US)
    }
    expect([pace.isHeld, clock.armed]).toEqual([false, 0])
  })

  it('does not save up what it did not read', () => {
    const parts = paceOf(10_000)
    parts.clock.advanceBy(60e6)
    readAll(parts)
    expect(parts.reading.readBytes).toBe(1_000)
  })
})

it('leaves no timer behind where it is stopped', () => {
  const { clock, pace } = paceOf(1_000)
  pace.read(5_000)
  expect([pace.isHeld, clock.armed]).toEqual([true, 1])
  pace.stop()
  expect(clock.armed).toBe(0)
})
