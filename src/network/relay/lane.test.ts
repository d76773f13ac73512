import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { buildLink } from '../../testing/links.js'
import { VirtualClock } from '../../testing/virtual-clock.js'
import { Allowance } from './allowance.js'
import { Lane, type Surroundings } from './lane.js'
import { LinkDelays } from './link-delays.js'
import { RelayLoop } from './relay-loop.js'
import { RelayMeter } from './relay-meter.js'

const NETWORK = buildLink()
const READ = Buffer.alloc(16 << 10)
const MIB = 1 << 20

/** As much of a socket as a lane sees: it takes bytes while it `reads`, and keeps them otherwise. */
class FakeSocket extends EventEmitter {
  readableEnded = false
  destroyed = false
  isPaused = false
  reads = true
  writableLength = 0
  taken = 0
  readonly ends: string[] = []

  write(chunk: Buffer): boolean {
    if (this.reads) this.taken += chunk.length
    else this.writableLength += chunk.length
    return this.reads
  }

  readAgain(): void {
    this.reads = true
    this.taken += this.writableLength
    this.writableLength = 0
    this.emit('drain')
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  end(): void {
    this.ends.push('end')
  }

  resetAndDestroy(): void {
    this.destroyed = true
    this.ends.push('reset')
  }
}

class Site {
  readonly clock = new VirtualClock(1_000_000)
  readonly loop = new RelayLoop(this.clock, () => 0)
  readonly allowance = new Allowance()
  readonly around: Surroundings = {
    loop: this.loop,
    meter: new RelayMeter(this.clock),
    allowance: this.allowance,
    nowUs: () => this.clock.nowUs(),
  }

  constructor() {
    this.loop.waker = { at: () => {}, stop: async () => {} }
  }

  lane(): { lane: Lane; source: FakeSocket; target: FakeSocket } {
    this.allowance.opened()
    const [source, target] = [new FakeSocket(), new FakeSocket()]
    const delays = new LinkDelays(NETWORK, 1)
    const lane = new Lane('toClient', source as unknown as Socket, target as unknown as Socket, delays, this.around)
    return { lane, source, target }
  }

  /** Lets the time of the link pass, and the loop do all that is due. */
  async pass(): Promise<void> {
    await turn()
    this.clock.advanceBy(20_000)
    this.loop.woken()
    while (this.loop.timetable.nextUs <= this.clock.nowUs()) await turn()
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))

describe('a lane', () => {
  it('passes bytes, the end and a reset on, in that order', async () => {
    const site = new Site()
    const { lane, source, target } = site.lane()
    lane.take(READ)
    source.emit('end')
    await site.pass()
    expect([target.taken, target.ends]).toEqual([READ.length, ['end']])
    source.emit('close', true)
    await site.pass()
    expect(target.ends).toEqual(['end', 'reset'])
  })

  it('reads its sender no further while its receiver takes nothing, and goes on when it does', async () => {
    const site = new Site()
    const { lane, source, target } = site.lane()
    target.reads = false
    let sent = 0
    for (; !source.isPaused; sent += READ.length) lane.take(READ)
    expect(sent).toBe(MIB)
    await site.pass()
    expect([source.isPaused, target.taken]).toEqual([true, 0])
    target.readAgain()
    await site.pass()
    expect([source.isPaused, target.taken]).toEqual([false, sent])
    expect(lane.line.bytes).toBe(0)
  })

  it('swallows what comes and what is on its way, and remembers that', async () => {
    const site = new Site()
    const { lane, source, target } = site.lane()
    lane.swallow(true)
    expect(lane.hasLost).toBe(false)
    lane.take(READ)
    source.emit('end')
    await site.pass()
    expect([target.taken, target.ends, lane.hasLost]).toEqual([0, [], true])
    // A second time with nothing on its way.
    lane.swallow(false)
    lane.swallow(true)
    expect(lane.hasLost).toBe(true)
  })
})

it('holds no more than its pool for 5,000 connections whose readers have stopped, and one that reads still gets all', async () => {
  const site = new Site()
  const stopped = Array.from({ length: 5_000 }, () => site.lane())
  for (const { target } of stopped) target.reads = false
  const reading = site.lane()
  let senders = stopped
  while (senders.length > 0) {
    for (const { lane } of senders) lane.take(READ)
    senders = senders.filter(({ source }) => !source.isPaused)
  }
  // A read each, which is the least that a direction may hold.
  expect(site.allowance.maxHeldBytes).toBeLessThanOrEqual(128 * MIB)
  await site.pass()
  for (let round = 0; round < 3; round++) {
    reading.lane.take(READ)
    await site.pass()
  }
  expect(reading.target.taken).toBe(3 * READ.length)
  expect(stopped.every(({ target }) => target.taken === 0)).toBe(true)
  expect(site.allowance.maxHeldBytes).toBeLessThanOrEqual(128 * MIB)
})
