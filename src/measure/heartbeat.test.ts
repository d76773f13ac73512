import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { irregularGaps } from '../driver/beat-gaps.js'
import { VirtualClock } from '../testing/virtual-clock.js'
import { Heartbeat } from './heartbeat.js'
import { decodeHistogram } from './histogram.js'

const regular = () => 20_000

/** A process whose time is spent by hand: waiting in poll, or working. */
class Process {
  readonly clock = new VirtualClock()
  beats = 0
  readonly frozen: [fromUs: number, toUs: number, frozenUs: number][] = []
  readonly heartbeat: Heartbeat
  #workedUs = 0

  constructor(gapUs: () => number = regular) {
    this.heartbeat = new Heartbeat(
      gapUs,
      () => this.#workedUs,
      () => this.beats++,
      this.clock,
      (...time) => this.frozen.push(time),
    )
  }

  /** Waits in poll for so long; then its timers run. */
  waits(us: number): void {
    this.#workedUs = 0
    this.clock.advanceBy(us)
    vi.advanceTimersByTime(us / 1e3)
  }

  /** Works for so long; then its timers run. */
  works(us: number): void {
    this.#workedUs += us
    this.clock.advanceBy(us)
    vi.advanceTimersByTime(us / 1e3)
  }

  stopped(): { lateUs: number[]; frozenUs: number } {
    this.heartbeat.stop()
    const { latenessUs, frozenUs } = this.heartbeat.report()
    const lateUs = [...decodeHistogram(latenessUs).values()].flatMap(([us, count]) => new Array<number>(count).fill(us))
    return { lateUs, frozenUs }
  }
}

describe('the heartbeat', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('counts nothing while it warms up, and all from its start', () => {
    const process = new Process()
    process.heartbeat.warmUp()
    process.waits(70_000)
    process.clock.advanceBy(300_000)
    process.waits(20_000)
    expect(process.beats).toBe(0)
    process.heartbeat.start()
    process.waits(20_000)
    expect(process.beats).toBe(1)
    expect(process.stopped()).toEqual({ lateUs: [0], frozenUs: 0 })
  })

  it('beats once at a time, though it was warmed up before its start', () => {
    const process = new Process()
    process.heartbeat.warmUp()
    process.heartbeat.start()
    expect(vi.getTimerCount()).toBe(1)
    process.heartbeat.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('finds nothing wrong with a process that waits and works by turns', () => {
    const process = new Process()
    process.heartbeat.start()
    for (let turn = 0; turn < 100; turn++) {
      process.waits(5_000)
      process.works(5_000)
    }
    expect(process.beats).toBe(50)
    expect(process.stopped()).toEqual({ lateUs: new Array(50).fill(0), frozenUs: 0 })
  })

  it('notices a process that did not run while it waited, less what timers are usually late by', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(20_000)
    process.waits(500_000)
    const { lateUs, frozenUs } = process.stopped()
    expect(frozenUs).toBe(470_000)
    expect(lateUs.at(-1)).toBeGreaterThan(479_000)
    expect(lateUs.at(-1)).toBeLessThan(481_000)
  })

  it('tells when that was: between the beat before and the one that came late', () => {
    const process = new Process()
    const beganUs = process.clock.nowUs()
    process.heartbeat.warmUp()
    process.waits(520_000)
    process.heartbeat.start()
    process.waits(20_000)
    process.waits(500_000)
    expect(process.frozen).toEqual([[beganUs + 540_000, beganUs + 1_040_000, 470_000]])
  })

  it('gives every beat that was due meanwhile its own lateness, as messages have that were', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(110_000)
    expect(process.stopped()).toEqual({ lateUs: [10_000, 30_000, 50_000, 70_000, 90_000].map(near), frozenUs: 80_000 })
    expect(process.beats).toBe(1)
  })

  it('does not count lateness that work explains', () => {
    const process = new Process()
    process.heartbeat.start()
    process.works(700_000)
    expect(process.stopped()).toEqual({ lateUs: new Array(35).fill(0), frozenUs: 0 })
  })

  it('does not count lateness that timers usually have as time in which it did not run', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(29_000)
    for (let beat = 0; beat < 10; beat++) process.waits(20_000)
    expect(process.stopped()).toEqual({ lateUs: new Array(11).fill(near(9_000)), frozenUs: 0 })
  })

  it('does not count what the loop rounds up to its milliseconds', () => {
    const process = new Process(() => 7_300)
    process.heartbeat.start()
    for (let ms = 0; ms < 200; ms++) process.waits(1_000)
    expect(process.stopped()).toEqual({ lateUs: new Array(27).fill(0), frozenUs: 0 })
  })

  it('tells waiting from work that came after it', () => {
    const process = new Process()
    process.heartbeat.start()
    process.clock.advanceBy(220_000)
    process.works(100_000)
    expect(process.stopped().frozenUs).toBe(190_000)
  })

  it('notices a process that is frozen at the very end', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(20_000)
    vi.clearAllTimers()
    process.waits(320_000)
    expect(process.beats).toBe(1)
    expect(process.stopped().frozenUs).toBe(290_000)
  })

  it('that was not started, or has been stopped, has nothing to stop', () => {
    const process = new Process()
    process.waits(500_000)
    process.heartbeat.stop()
    process.heartbeat.start()
    process.waits(20_000)
    process.heartbeat.stop()
    process.waits(500_000)
    expect(process.stopped()).toEqual({ lateUs: [0], frozenUs: 0 })
  })

  it('knows nothing of a time without a beat', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(5_000)
    expect(process.stopped()).toEqual({ lateUs: [], frozenUs: 0 })
  })

  it('counts over all windows, and nothing in between', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(20_000)
    process.heartbeat.stop()
    process.waits(900_000)
    process.heartbeat.start()
    process.waits(20_000)
    expect(process.stopped()).toEqual({ lateUs: [0, 0], frozenUs: 0 })
  })

  it('does not fall in step with a process that is frozen in a rhythm', () => {
    /** Frozen for 15 ms of each 60, first of all so long after the start: what share of its beats were late. */
    const shareLate = (gapUs: () => number, firstMs: number) => {
      const process = new Process(gapUs)
      process.heartbeat.start()
      for (let ms = 0; ms < 15_000; ) {
        const isFrozen = (ms - firstMs) % 60 === 0
        process.waits(isFrozen ? 15_000 : 1_000)
        ms += isFrozen ? 15 : 1
      }
      const { lateUs } = process.stopped()
      return lateUs.filter((us) => us > 1_000).length / lateUs.length
    }
    const starts = [0, 7, 13, 31, 50]
    // A message that comes at any time meets 14 of 60; a beat of 20 ms meets one in three of them, or none.
    for (const firstMs of starts) expect(Math.abs(shareLate(irregularGaps(firstMs + 1), firstMs) - 14 / 60)).toBeLessThan(0.05)
    expect(starts.map((firstMs) => shareLate(regular, firstMs))).toContain(0)
  })
})

/** As the histogram keeps it. */
function near(us: number): unknown {
  return expect.closeTo(us, -2)
}
