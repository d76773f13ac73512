import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.js'
import { Heartbeat } from './heartbeat.js'

/** A process whose time is spent by hand: waiting in poll, or working. */
class Process {
  readonly clock = new VirtualClock()
  beats = 0
  readonly heartbeat: Heartbeat
  #idleUs = 5_000_000

  constructor() {
    this.heartbeat = new Heartbeat(
      () => this.beats++,
      this.clock,
      () => this.#idleUs,
    )
  }

  /** Waits in poll for so long; then its timers run. */
  waits(us: number): void {
    this.#idleUs += us
    this.clock.advanceBy(us)
    vi.advanceTimersByTime(us / 1e3)
  }

  /** Works for so long; then its timers run. */
  works(us: number): void {
    this.clock.advanceBy(us)
    vi.advanceTimersByTime(us / 1e3)
  }
}

describe('the heartbeat', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('finds nothing wrong with a process that waits and works by turns', () => {
    const process = new Process()
    process.heartbeat.start()
    for (let turn = 0; turn < 100; turn++) {
      process.waits(5_000)
      process.works(5_000)
    }
    expect(process.beats).toBe(50)
    expect(process.heartbeat.stop()).toEqual({ latenessUsP99: 0, frozenUs: 0 })
  })

  it('notices a process that did not run while it waited, less what timers are usually late by', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(20_000)
    process.waits(500_000)
    const { latenessUsP99, frozenUs } = process.heartbeat.stop()
    expect(frozenUs).toBe(470_000)
    expect(latenessUsP99).toBeGreaterThan(479_000)
    expect(latenessUsP99).toBeLessThan(481_000)
  })

  it('does not count lateness that work explains', () => {
    const process = new Process()
    process.heartbeat.start()
    process.works(700_000)
    process.waits(20_000)
    expect(process.heartbeat.stop()).toEqual({ latenessUsP99: 0, frozenUs: 0 })
  })

  it('does not count lateness that timers usually have', () => {
    const process = new Process()
    process.heartbeat.start()
    for (let beat = 0; beat < 10; beat++) process.waits(29_000)
    expect(process.heartbeat.stop().frozenUs).toBe(0)
  })

  it('tells waiting from work within one beat', () => {
    const process = new Process()
    process.heartbeat.start()
    process.clock.stall(100_000)
    process.waits(220_000)
    expect(process.heartbeat.stop().frozenUs).toBe(190_000)
  })

  it('notices a process that is frozen at the very end', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(20_000)
    vi.clearAllTimers()
    process.waits(320_000)
    expect(process.beats).toBe(1)
    expect(process.heartbeat.stop().frozenUs).toBe(290_000)
  })

  it('knows nothing of a time without a beat', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(5_000)
    expect(process.heartbeat.stop()).toEqual({ latenessUsP99: null, frozenUs: 0 })
  })

  it('begins anew with each window', () => {
    const process = new Process()
    process.heartbeat.start()
    process.waits(900_000)
    process.heartbeat.stop()
    process.waits(900_000)
    process.heartbeat.start()
    process.waits(20_000)
    expect(process.heartbeat.stop()).toEqual({ latenessUsP99: 0, frozenUs: 0 })
  })
})
