import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Loopback } from '../testing/loopback.js'
import { VirtualClock } from '../testing/virtual-clock.js'
import { Intake, type Receiver } from './intake.js'
import { type Arrival, PollClock } from './poll-clock.js'

/** An intake whose loop turns by hand. */
class Bench {
  readonly clock = new VirtualClock()
  readonly intake = new Intake(new PollClock(this.clock, () => 0))
  /** `<receiver>:<bytes>` in the order in which they were handed on. */
  readonly handed: string[] = []
  readonly arrivals: Arrival[] = []

  receiver(name: string, onDeliver: () => void = () => {}): Receiver {
    return {
      deliver: (chunk, arrival) => {
        this.handed.push(`${name}:${chunk.toString()}`)
        this.arrivals.push(arrival)
        onDeliver()
        return false
      },
    }
  }

  reads(socket: Receiver, text: string): void {
    this.intake.buffer.write(text)
    this.intake.take(socket, Buffer.byteLength(text))
  }

  /** The poll phase is over: the check phase comes. */
  turn(): void {
    vi.advanceTimersToNextTimer()
  }

  turnUntilQuiet(): void {
    for (let turns = 0; vi.getTimerCount() > 0; turns++) {
      if (turns > 100_000) throw new Error('it never comes to rest')
      this.turn()
    }
  }
}

describe('the intake', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setImmediate', 'clearImmediate'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('keeps a copy of what was read, because the next read overwrites the buffer', () => {
    const bench = new Bench()
    const [one, two] = [bench.receiver('one'), bench.receiver('two')]
    bench.reads(one, 'first')
    bench.reads(two, 'other')
    bench.turnUntilQuiet()
    expect(bench.handed).toEqual(['one:first', 'two:other'])
  })

  it('hands chunks on in the order in which they came, with the arrival of each', () => {
    const bench = new Bench()
    const sockets = Array.from({ length: 40 }, (_, index) => bench.receiver(`${index}`))
    for (let round = 0; round < 3; round++) {
      for (const socket of sockets) bench.reads(socket, `${round}`)
      bench.clock.stall(1_000)
      bench.turn()
    }
    bench.turnUntilQuiet()
    expect(bench.handed).toEqual([0, 1, 2].flatMap((round) => sockets.map((_, index) => `${index}:${round}`)))
    const rounds = [0, 1, 2].flatMap((round) => sockets.map(() => 1_000_000_000 + round * 1_000))
    expect(bench.arrivals.map(({ receivedUs }) => receivedUs)).toEqual(rounds)
  })

  it('reads on while there is something to read, and handles when there is no more', () => {
    const bench = new Bench()
    const sockets = Array.from({ length: 50 }, (_, index) => bench.receiver(`${index}`))
    for (let phase = 0; phase < 5; phase++) {
      for (const socket of sockets) bench.reads(socket, 'x')
      bench.turn()
      expect(bench.handed).toEqual([])
    }
    bench.turn()
    expect(bench.handed.length).toBeGreaterThan(0)
  })

  it('handles a few at once, without asking the kernel for more', () => {
    const bench = new Bench()
    for (const name of ['a', 'b', 'c', 'd']) bench.reads(bench.receiver(name), 'x')
    bench.turn()
    expect(bench.handed).toEqual(['a:x', 'b:x', 'c:x', 'd:x'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('hands one socket no two chunks in a turn, so that a reader that comes later finds the arrival of what it reads', () => {
    const bench = new Bench()
    const [one, two] = [bench.receiver('one'), bench.receiver('two')]
    for (const text of ['a', 'b', 'c']) {
      bench.reads(one, text)
      bench.reads(two, text)
    }
    let before = 0
    while (vi.getTimerCount() > 0) {
      bench.turn()
      const turn = bench.handed.slice(before).map((handed) => handed.split(':')[0])
      expect(new Set(turn).size).toBe(turn.length)
      before = bench.handed.length
    }
    expect(before).toBe(6)
  })

  it('comes to rest when all is handled', () => {
    const bench = new Bench()
    bench.reads(bench.receiver('one'), 'a')
    bench.turnUntilQuiet()
    expect(vi.getTimerCount()).toBe(0)
    bench.reads(bench.receiver('two'), 'b')
    bench.turnUntilQuiet()
    expect(bench.handed).toEqual(['one:a', 'two:b'])
  })

  it('hands on what waits for a socket at once where its end comes, and only once', () => {
    const bench = new Bench()
    const [one, two] = [bench.receiver('one'), bench.receiver('two')]
    for (const text of ['a', 'b']) {
      bench.reads(one, text)
      bench.reads(two, text)
    }
    bench.intake.flush(two)
    expect(bench.handed).toEqual(['two:a', 'two:b'])
    bench.turnUntilQuiet()
    expect(bench.handed).toEqual(['two:a', 'two:b', 'one:a', 'one:b'])
  })

  it('may be asked to hand on while it hands on, as by a reader that closes its socket', () => {
    const bench = new Bench()
    const one: Receiver = bench.receiver('one', () => bench.intake.flush(one))
    for (const text of ['a', 'b', 'c']) bench.reads(one, text)
    bench.intake.flush(one)
    bench.turnUntilQuiet()
    expect(bench.handed).toEqual(['one:a', 'one:b', 'one:c'])
  })

  it('handles before it reads on where too much is waiting, by number and by bytes', () => {
    for (const [chunks, text] of [
      [16_500, 'x'],
      [1_100, 'x'.repeat(65_536)],
    ] as const) {
      const bench = new Bench()
      const sockets = Array.from({ length: 100 }, (_, index) => bench.receiver(`${index}`))
      for (let read = 0; read < chunks; read++) bench.reads(sockets[read % 100] as Receiver, text)
      bench.turn()
      expect(bench.handed.length).toBeGreaterThan(50)
      expect(bench.handed.length).toBeLessThan(200)
      bench.turnUntilQuiet()
      expect(bench.handed).toHaveLength(chunks)
    }
  })
})

describe('many sockets at once', () => {
  it('get each their own bytes, all of them, in order', async () => {
    const loopback = await Loopback.listen((peer) => {
      peer.once('data', (name: Buffer) => {
        for (let index = 0; index < 50; index++) peer.write(`${name.toString()}.${index};`)
        peer.end()
      })
    })
    const dialer = loopback.dialer()
    const texts = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const socket = dialer.dial()
        socket.write(`${index}`)
        let text = ''
        socket.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        await new Promise((resolve) => socket.once('close', resolve))
        return [text, socket.bytesRead] as const
      }),
    )
    for (const [index, [text]] of texts.entries()) {
      expect(text).toBe(Array.from({ length: 50 }, (_, part) => `${index}.${part};`).join(''))
    }
    expect(dialer.totals.received).toBe(texts.reduce((sum, [, bytesRead]) => sum + bytesRead, 0))
    await loopback.close()
  })
})
