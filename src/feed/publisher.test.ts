import { describe, expect, it } from 'vitest'
import { buildFeed } from '../testing/feeds.js'
import { VirtualClock } from '../testing/virtual-clock.js'
import { jsonCodec } from './codec.js'
import { type Metronome, Publisher } from './publisher.js'
import { createSchedule } from './schedule.js'
import { createSource } from './source.js'

const EPOCH_US = 2_000_000_000

/** A publisher of 20 messages a second whose thread and loop are moved by hand. */
class Bench implements Metronome {
  readonly clock = new VirtualClock(EPOCH_US - 100_000)
  /** `<position> <due after the start> +<late by>` of each message. */
  readonly published: string[] = []
  readonly heldUp: number[] = []
  readonly texts: Buffer[] = []
  readonly range: number[] = []
  stops = 0
  canTake = true
  /** How often the loop was let turn. */
  turns = 0
  readonly publisher: Publisher
  #onDue: () => void = () => {}
  #later: (() => void)[] = []

  constructor() {
    const feed = buildFeed({ ratePerSec: 20 })
    this.publisher = new Publisher({
      schedule: createSchedule(feed, null),
      source: createSource(feed, null),
      codec: jsonCodec,
      outlet: { name: 'list', publish: (text) => this.texts.push(text), canTake: () => this.canTake },
      clock: this.clock,
      metronome: this,
      onPublished: (position, intendedUs, publishedUs, isHeldUp) => {
        this.published.push(`${position} ${intendedUs - EPOCH_US} +${publishedUs - intendedUs}`)
        if (isHeldUp) this.heldUp.push(position)
      },
      later: (callback) => {
        this.turns++
        this.#later.push(callback)
      },
    })
  }

  start(epochUs: number, untilUs: number, onDue: () => void): void {
    this.range.push(epochUs, untilUs)
    this.#onDue = onDue
  }

  async stop(): Promise<void> {
    this.stops++
  }

  /** The thread says that something is due, so long after the start. */
  due(afterUs: number): void {
    this.clock.advanceTo(EPOCH_US + afterUs)
    this.#onDue()
  }

  /** The loop turns once. */
  turn(): void {
    for (const callback of this.#later.splice(0)) callback()
  }

  turnUntilQuiet(): void {
    while (this.#later.length > 0) this.turn()
  }
}

describe('the publisher', () => {
  it('publishes each message when it is due, and asks the metronome for the whole range', () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 1_000_000)
    for (const afterUs of [25_000, 75_300, 125_000]) {
      bench.due(afterUs)
      bench.turnUntilQuiet()
    }
    expect(bench.range).toEqual([EPOCH_US, EPOCH_US + 1_000_000])
    // Nothing is left to publish after each, so that no turn is asked for.
    expect(bench.turns).toBe(0)
    expect(bench.published).toEqual(['1 25000 +0', '2 75000 +300', '3 125000 +0'])
    expect(bench.texts.map((text) => jsonCodec.readHead(text).seq)).toEqual([1, 2, 3])
  })

  it('puts both times into the message', () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 1_000_000)
    bench.due(25_700)
    expect(jsonCodec.readHead(bench.texts[0] as Buffer)).toMatchObject({
      intendedUs: EPOCH_US + 25_000,
      publishedUs: EPOCH_US + 25_700,
    })
  })

  it('never publishes before the time, however often it is called', () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 1_000_000)
    for (const afterUs of [-50_000, 0, 24_999, 25_000, 25_000, 74_999]) {
      bench.due(afterUs)
      bench.turnUntilQuiet()
    }
    expect(bench.published).toEqual(['1 25000 +0'])
  })

  it('keeps the intended times after a stall, and lets the loop turn after each message that it catches up', () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 1_000_000)
    bench.due(180_000)
    expect(bench.published).toEqual(['1 25000 +155000'])
    bench.clock.stall(1_000)
    bench.turn()
    expect(bench.published).toEqual(['1 25000 +155000', '2 75000 +106000'])
    bench.turnUntilQuiet()
    expect(bench.published.slice(2)).toEqual(['3 125000 +56000', '4 175000 +6000'])
    expect(bench.turns).toBe(3)
  })

  it('is not hurried by what the thread says while it catches up', () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 1_000_000)
    bench.due(180_000)
    for (const afterUs of [180_000, 180_001, 180_002]) bench.due(afterUs)
    expect(bench.published).toHaveLength(1)
    bench.turnUntilQuiet()
    expect(bench.published).toHaveLength(4)
    expect(bench.turns).toBe(3)
  })

  it('goes on after it has caught up', () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 1_000_000)
    bench.due(80_000)
    bench.turnUntilQuiet()
    bench.due(125_000)
    expect(bench.published).toEqual(['1 25000 +55000', '2 75000 +5000', '3 125000 +0'])
  })

  it('publishes nothing that is due at the end or later, but all before it even when it is over', () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 125_000)
    bench.due(900_000)
    bench.turnUntilQuiet()
    expect(bench.published).toEqual(['1 25000 +875000', '2 75000 +825000'])
  })

  it('publishes nothing more once it is told to stop', async () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 1_000_000)
    bench.due(300_000)
    await bench.publisher.stop()
    bench.turnUntilQuiet()
    bench.due(400_000)
    expect(bench.published).toHaveLength(1)
    expect(bench.stops).toBe(1)
  })

  it('waits with what is due for an outlet that takes nothing, and goes on when that can again', () => {
    const bench = new Bench()
    bench.publisher.start(EPOCH_US, EPOCH_US + 1_000_000)
    bench.canTake = false
    bench.due(80_000)
    bench.turnUntilQuiet()
    expect(bench.published).toEqual([])
    bench.publisher.resume()
    bench.turnUntilQuiet()
    expect(bench.published).toEqual([])
    bench.canTake = true
    bench.publisher.resume()
    bench.turnUntilQuiet()
    expect(bench.published).toEqual(['1 25000 +55000', '2 75000 +5000'])
    // Who is late by himself afterwards is not excused.
    bench.due(130_000)
    bench.turnUntilQuiet()
    expect(bench.published.at(-1)).toBe('3 125000 +5000')
    expect(bench.heldUp).toEqual([1, 2])
  })
})
