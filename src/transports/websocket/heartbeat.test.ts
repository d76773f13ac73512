import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDialer } from '../../network/dial.js'
import { GOOD_ANSWERS } from '../../testing/good-answers.js'
import { RecordedClient } from '../../testing/recorded-client.js'
import { ScriptedServer } from '../../testing/scripted-server.js'
import { TransportSite, until } from '../../testing/transport-site.js'
import { VirtualClock } from '../../testing/virtual-clock.js'
import { websocket } from './descriptor.js'
import { Heartbeat } from './heartbeat.js'

const PING = { intervalUs: 1_000_000, timeoutUs: 400_000 }

describe('a heartbeat', () => {
  let clock: VirtualClock
  let pings: number[]
  let expired: number[]

  beforeEach(() => {
    clock = new VirtualClock(0)
    pings = []
    expired = []
  })

  function start(phase: number, options = PING): Heartbeat {
    return new Heartbeat(
      options,
      { clock, timers: clock, phase },
      {
        sendPing: () => pings.push(clock.nowUs()),
        expire: () => expired.push(clock.nowUs()),
      },
    )
  }

  test('pings at its phase and at each interval from there, as long as something comes back', () => {
    const heartbeat = start(0.25)
    for (let step = 0; step < 35; step++) {
      clock.advanceBy(100_000)
      heartbeat.heard()
    }
    expect([pings, expired]).toEqual([[250_000, 1_250_000, 2_250_000, 3_250_000], []])
    heartbeat.stop()
    expect(clock.armed).toBe(0)
  })

  test('finds a peer that is gone a time-out after the next ping: after U[W, W + I)', () => {
    const found = Array.from({ length: 20 }, (_, index) => {
      clock = new VirtualClock(0)
      expired = []
      const heartbeat = start((index + 0.5) / 20)
      for (let step = 0; step < 50; step++) {
        clock.advanceBy(100_000)
        heartbeat.heard()
      }
      clock.advanceTo(9_000_000)
      return (expired[0] ?? Number.NaN) - 5_000_000
    })
    expect(found).toEqual(Array.from({ length: 20 }, (_, index) => 400_000 + ((index + 0.5) / 20) * 1_000_000))
  })

  test('counts from the first ping without an answer where the time-out is the longer', () => {
    start(0.5, { intervalUs: 1_000_000, timeoutUs: 2_500_000 })
    clock.advanceTo(10_000_000)
    expect([pings, expired]).toEqual([[500_000, 1_500_000, 2_500_000], [3_000_000]])
    expect(clock.armed).toBe(0)
  })
})

describe.each(['off', 'on'])('a client that pings, with compression %s', (compression) => {
  const options = { compression, ping: '1s', pingTimeout: '400ms' }
  let site: TransportSite
  let server: ScriptedServer
  afterEach(() => Promise.all([site?.close(), server?.close()]))

  test('hears the pongs of a server that is there', async () => {
    const clock = new VirtualClock()
    site = await TransportSite.start(websocket, { options, clock, timers: clock })
    const client = await site.connected()
    for (let ping = 0; ping < 3; ping++) {
      const { received } = site.dialer.totals
      clock.advanceBy(ping === 0 ? 500_000 : 1_000_000)
      // A pong without payload.
      await until(() => site.dialer.totals.received === received + 2, 'a pong')
    }
    clock.advanceBy(400_000)
    expect(client.losses).toEqual([])
    await client.session.close()
    expect(clock.armed).toBe(0)
  })

  test('is lost, once, where a server says nothing more', async () => {
    server = await ScriptedServer.start((socket, request) => {
      socket.write((GOOD_ANSWERS.websocket as (request: string) => Buffer)(request))
    })
    const clock = new VirtualClock()
    const client = new RecordedClient()
    const { open } = await websocket.client()
    const { target } = server
    client.session = open(
      {
        index: 0,
        options: websocket.optionsSchema.parse(options),
        target,
        after: 0,
        dial: () => createDialer({ ...target, sourceAddresses: [] }).dial(),
        clock,
        timers: clock,
        headers: [],
        phase: 0.5,
        epochUs: 0,
        shared: new Map(),
      },
      client,
    )
    await until(() => client.texts.length > 0, 'the messages')
    clock.advanceBy(500_000)
    clock.advanceBy(399_999)
    expect(client.losses).toEqual([])
    clock.advanceBy(1)
    await until(() => client.losses.length > 0, 'it is lost')
    expect(client.losses.map((error) => error?.message)).toEqual(['expected an answer to a ping within 400 ms, got nothing'])
    expect(clock.armed).toBe(0)
  })
})

test('a time-out without a ping is refused, and a ping has one', () => {
  for (const refused of [{ pingTimeout: '1s' }, { ping: 'off', pingTimeout: '1s' }, { ping: '1ms' }, { ping: 25 }]) {
    expect(websocket.optionsSchema.safeParse(refused).success, JSON.stringify(refused)).toBe(false)
  }
  expect(websocket.optionsSchema.parse({}).ping).toBeNull()
  expect(websocket.optionsSchema.parse({ ping: '25s' })).toEqual({
    coalesce: false,
    compression: false,
    ping: { intervalUs: 25e6, timeoutUs: 20e6 },
  })
})
