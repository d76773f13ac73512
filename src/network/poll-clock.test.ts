import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.js'
import { addedUs, arrivedUs, PollClock } from './poll-clock.js'

const START_US = 1_000_000_000

/** A loop whose time is spent by hand. */
class Loop {
  readonly clock = new VirtualClock(START_US)
  #idleUs = 7_000_000
  readonly pollClock = new PollClock(this.clock, () => this.#idleUs)

  works(us: number): this {
    this.clock.stall(us)
    return this
  }

  sleeps(us: number): this {
    this.#idleUs += us
    return this.works(us)
  }

  /** Reads one socket, as so long after the start as `receivedUs` and `readUs` say. */
  read(): { receivedUs: number; readUs: number; lagUs: number } {
    const { receivedUs, readUs, lagUs } = this.pollClock.read()
    return { receivedUs: receivedUs - START_US, readUs: readUs - START_US, lagUs }
  }

  endPhase(): this {
    this.pollClock.endPhase()
    return this
  }
}

describe('the reads of one poll phase', () => {
  it('share the moment at which the poll returned', () => {
    const loop = new Loop().sleeps(10_000)
    expect(loop.read()).toEqual({ receivedUs: 10_000, readUs: 10_000, lagUs: 0 })
    loop.works(300)
    expect(loop.read()).toEqual({ receivedUs: 10_000, readUs: 10_300, lagUs: 0 })
    loop.endPhase().sleeps(5_000)
    expect(loop.read()).toMatchObject({ receivedUs: 15_300 })
  })

  it('have a new one after each 1,024, when the kernel is asked again', () => {
    const loop = new Loop().sleeps(1_000)
    const moments = Array.from({ length: 2_050 }, () => {
      const { receivedUs } = loop.read()
      loop.works(2)
      return receivedUs
    })
    expect([...new Set(moments)]).toEqual([1_000, 1_000 + 2 * 1_024, 1_000 + 2 * 2_048])
    expect(moments.filter((us) => us === 1_000)).toHaveLength(1_024)
  })

  it('do not end a count of 1,024 that began in the phase before', () => {
    const loop = new Loop()
    for (let read = 0; read < 1_000; read++) loop.read()
    loop.endPhase().works(50)
    expect(new Set(Array.from({ length: 1_024 }, () => loop.read().receivedUs)).size).toBe(1)
  })
})

describe('lag', () => {
  it('is nothing where the loop slept until the message came', () => {
    expect(new Loop().sleeps(400_000).read().lagUs).toBe(0)
  })

  it('is for how long the loop was busy since the poll before', () => {
    const loop = new Loop()
    loop.read()
    loop.endPhase().works(3_000)
    expect(loop.read().lagUs).toBe(3_000)
  })

  it('is what the first thousand took for those that are read after them', () => {
    const loop = new Loop()
    const lags = Array.from({ length: 1_025 }, () => {
      const { lagUs } = loop.read()
      loop.works(4)
      return lagUs
    })
    expect([lags[0], lags[1_023], lags[1_024]]).toEqual([0, 0, 4 * 1_024])
  })

  it('begins anew at a poll that brought nothing', () => {
    const loop = new Loop().works(9_000)
    loop.pollClock.polledNothing()
    loop.works(700)
    expect(loop.read().lagUs).toBe(700)
  })

  it('has nothing in it of work before a sleep, which a message would have ended', () => {
    const loop = new Loop()
    loop.read()
    loop.endPhase().works(6_000)
    loop.pollClock.rest()
    expect(loop.sleeps(2_000).read().lagUs).toBe(0)
    loop.endPhase().works(6_000)
    loop.pollClock.rest()
    expect(loop.sleeps(2_000).works(800).read().lagUs).toBe(800)
  })

  it('has all work in it where the loop did not sleep', () => {
    const loop = new Loop()
    loop.read()
    loop.endPhase().works(6_000)
    loop.pollClock.rest()
    expect(loop.sleeps(3).read().lagUs).toBe(6_000)
  })

  it('is never negative, even where idle time runs ahead of the clock', () => {
    const loop = new Loop().sleeps(5_000)
    loop.clock.stall(-40)
    expect(loop.read().lagUs).toBe(0)
  })

  it('begins anew when a timer fires after a sleep, and not when it fires after work', () => {
    const slept = new Loop().works(2_000)
    slept.pollClock.rest()
    slept.sleeps(1_000).pollClock.woken()
    expect(slept.works(500).read().lagUs).toBe(500)
    const busy = new Loop().works(2_000)
    busy.pollClock.woken()
    expect(busy.works(500).read().lagUs).toBe(2_500)
  })

  it('has in it what another timer took that fired first after the same sleep', () => {
    const loop = new Loop()
    loop.pollClock.rest()
    loop.sleeps(5_000).works(60_000).pollClock.woken()
    expect(loop.works(500).read().lagUs).toBe(60_500)
  })

  it('has in it what another timer took that fired last', () => {
    const loop = new Loop()
    loop.pollClock.rest()
    loop.sleeps(5_000).pollClock.woken()
    loop.works(300).pollClock.rest()
    expect(loop.works(60_000).sleeps(3).read().lagUs).toBe(60_300)
  })

  it('does not grow by the work of timers that slept in between', () => {
    const loop = new Loop()
    for (let timer = 0; timer < 100; timer++) {
      loop.sleeps(1_000).pollClock.woken()
      loop.works(400).pollClock.rest()
    }
    expect(loop.sleeps(1_000).works(70).read().lagUs).toBe(70)
  })
})

describe('what the loop has worked by now', () => {
  const worked = (loop: Loop) => loop.pollClock.workedUs()

  it('is what it did since it slept', () => {
    const loop = new Loop().works(9_000)
    loop.pollClock.rest()
    expect(worked(loop.sleeps(2_000).works(700))).toBe(700)
  })

  it('has in it what it did before a poll in which it did not sleep, whether that brought something or not', () => {
    const reads = new Loop()
    reads.read()
    reads.endPhase().works(60_000)
    reads.read()
    expect(worked(reads.works(300))).toBe(60_300)
    const nothing = new Loop().works(60_000)
    nothing.pollClock.polledNothing()
    expect(worked(nothing.works(300))).toBe(60_300)
  })

  it('has nothing in it of a sleep that brought something late', () => {
    const loop = new Loop()
    loop.pollClock.rest()
    loop.sleeps(24_000).read()
    expect(worked(loop.works(300))).toBe(300)
  })
})

describe('what the driver may have added to a message', () => {
  const arrival = { receivedUs: 90_000, readUs: 90_000, lagUs: 300 }
  const asked = { dueUs: 10_000, sentUs: 70_000 }

  it('is its lag where nobody had to ask for it', () => {
    expect(addedUs(arrival, 5_000)).toBe(300)
  })

  it('is also by how much it was asked for late, from when it was there', () => {
    expect(addedUs({ ...arrival, asked }, 5_000)).toBe(60_300)
    expect(addedUs({ ...arrival, asked }, 50_000)).toBe(20_300)
    expect(addedUs({ ...arrival, asked }, 80_000)).toBe(300)
  })
})

describe('a message', () => {
  const arrival = { receivedUs: 1_000, readUs: 1_400, lagUs: 0 }

  it('arrived when the poll returned', () => {
    expect(arrivedUs(arrival, 900)).toBe(1_000)
    expect(arrivedUs(arrival, 1_000)).toBe(1_000)
  })

  it('that was not there when the poll returned arrived when it was read', () => {
    expect(arrivedUs(arrival, 1_001)).toBe(1_400)
  })
})
