import { describe, expect, it } from 'vitest'
import { deliver, ScriptedTransport } from '../testing/scripted-transport.js'
import { Population } from './population.js'

function populationOf(count: number) {
  const transport = new ScriptedTransport()
  const clients = Array.from({ length: count }, (_, index) => transport.client(index))
  return { transport, clients, population: new Population(clients, transport.clock, transport.clock) }
}

/** Whether a promise has been kept by now. */
async function isKept(promise: Promise<unknown>): Promise<boolean> {
  const nothing = Symbol('nothing')
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, nothing))])) !== nothing
}

describe('a population', () => {
  it('opens its clients at the rate, the first at once', () => {
    const { transport, population } = populationOf(100)
    void population.connect(100, 60e6)
    const opened: number[] = [transport.sessions.length]
    for (let step = 0; step < 10; step++) {
      transport.clock.advanceBy(100e3)
      opened.push(transport.sessions.length)
    }
    expect(opened).toEqual([1, 11, 21, 31, 41, 51, 61, 71, 81, 91, 100])
  })

  it('is connected when the last client is subscribed, and not before', async () => {
    const { transport, clients, population } = populationOf(3)
    const connected = population.connect(1_000, 60e6)
    transport.clock.advanceBy(100e3)
    for (const client of clients.slice(1)) client.subscribed()
    transport.clock.advanceBy(1e6)
    expect(await isKept(connected)).toBe(false)
    clients[0]?.subscribed()
    transport.clock.advanceBy(20e3)
    expect(await isKept(connected)).toBe(true)
  })

  it('goes on without those that are not subscribed when the time is over, and opens those that it did not reach', async () => {
    const { transport, population } = populationOf(50)
    const connected = population.connect(10, 2e6)
    transport.clock.advanceBy(1_990e3)
    expect(transport.sessions).toHaveLength(20)
    transport.clock.advanceBy(40e3)
    await connected
    expect(transport.sessions).toHaveLength(50)
    transport.clock.advanceBy(60e6)
    expect(transport.sessions).toHaveLength(50)
  })

  it('is drained when each client has all messages', async () => {
    const { transport, clients, population } = populationOf(2)
    const drained = population.drained(() => 2, transport.clock.nowUs() + 60e6)
    for (const client of clients) deliver(client, 1)
    deliver(clients[0] as (typeof clients)[number], 2)
    transport.clock.advanceBy(1e6)
    expect(await isKept(drained)).toBe(false)
    deliver(clients[1] as (typeof clients)[number], 2)
    transport.clock.advanceBy(20e3)
    expect(await drained).toBe(true)
  })

  it('is not drained where a message is missing when the time is over', async () => {
    const { transport, clients, population } = populationOf(1)
    const drained = population.drained(() => 2, transport.clock.nowUs() + 1e6)
    deliver(clients[0] as (typeof clients)[number], 2)
    transport.clock.advanceBy(1_020e3)
    expect(await drained).toBe(false)
  })

  it('looks a last time after what came while its process was not let run has been read', async () => {
    const { transport, clients } = populationOf(1)
    const waiting: (() => void)[] = []
    const timers = { at: (_: number, look: () => void) => ({ cancel: () => {}, order: waiting.push(look) }) }
    const population = new Population(clients, transport.clock, timers)
    for (const isRead of [true, false]) {
      const drained = population.drained(() => (isRead ? 1 : 2), transport.clock.nowUs() + 1e6)
      transport.clock.stall(5e6)
      waiting.pop()?.()
      if (isRead) deliver(clients[0] as (typeof clients)[number], 1)
      waiting.pop()?.()
      expect(await drained).toBe(isRead)
      expect(waiting).toEqual([])
    }
  })

  it('closes every session', async () => {
    const { transport, population } = populationOf(3)
    void population.connect(1e6, 1e6)
    transport.clock.advanceBy(10e3)
    await population.close()
    expect(transport.sessions.map(({ isClosed }) => isClosed)).toEqual([true, true, true])
  })
})
