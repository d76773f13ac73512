import type { Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDialer } from '../../network/dial.js'
import { RecordedClient } from '../../testing/recorded-client.js'
import { ScriptedServer } from '../../testing/scripted-server.js'
import { TransportSite, until } from '../../testing/transport-site.js'
import { VirtualClock } from '../../testing/virtual-clock.js'
import { open } from './client.js'
import { polling } from './descriptor.js'

const INTERVAL_US = 1_000_000
const EPOCH_US = 5_000_000

describe('ticks', () => {
  let clock: VirtualClock
  let server: ScriptedServer
  let held: Socket[]
  let client: RecordedClient
  let dialled: () => number

  beforeEach(async () => {
    held = []
    clock = new VirtualClock(EPOCH_US + 300_000)
    server = await ScriptedServer.start((socket) => {
      held.push(socket)
    })
  })
  afterEach(async () => {
    await client.session.close()
    expect(clock.armed).toBe(0)
    await server.close()
  })

  async function start(phase = 0.25, epochUs = EPOCH_US): Promise<void> {
    const { target } = server
    const dialer = createDialer({ ...target, sourceAddresses: [] })
    dialled = () => dialer.dialled
    client = new RecordedClient()
    client.session = open(
      {
        index: 0,
        options: { intervalUs: INTERVAL_US, mode: 'all' },
        target,
        after: null,
        dial: () => dialer.dial(),
        clock,
        timers: clock,
        headers: [],
        phase,
        epochUs,
        shared: new Map(),
      },
      client,
    )
    await answer()
  }

  /** Answers the poll that is open. */
  async function answer(response = 'HTTP/1.1 204 No Content\r\n\r\n'): Promise<void> {
    await until(() => held.length > 0, 'a poll is open')
    const answers = client.answers.length + client.failures.length
    const isFirst = client.cursors.length === 0
    held.shift()?.write(isFirst ? 'HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{"messages":[],"next":0}' : response)
    await until(() => client.answers.length + client.failures.length > answers, 'the poll is answered')
  }

  test('are at epoch + (phase + k) x interval, whenever the client was subscribed', async () => {
    await start()
    for (let tick = 0; tick < 5; tick++) {
      clock.advanceBy(INTERVAL_US)
      await answer()
    }
    const [first, ...ticks] = client.requests
    expect(first).toBe(EPOCH_US + 300_000)
    expect(ticks).toEqual([1.25, 2.25, 3.25, 4.25, 5.25].map((intervals) => EPOCH_US + intervals * INTERVAL_US))
    expect(client.skips).toEqual([])
  })

  test('are not moved by a response that is slow', async () => {
    await start()
    for (const delayUs of [1, 300_000, 999_998, 0]) {
      clock.advanceTo(EPOCH_US + (client.requests.length + 0.25) * INTERVAL_US)
      clock.advanceBy(delayUs)
      await answer()
    }
    expect(client.requests.slice(1)).toEqual([1.25, 2.25, 3.25, 4.25].map((intervals) => EPOCH_US + intervals * INTERVAL_US))
    expect(client.skips).toEqual([])
  })

  test('that come late say so with what they bring', async () => {
    await start()
    clock.stall(INTERVAL_US)
    clock.advanceBy(0)
    const text = '{"seq":1,"t":0,"data":""}'
    const body = `{"messages":[${text}],"next":1}`
    await answer(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    expect(client.texts).toEqual([text])
    const dueUs = EPOCH_US + 1.25 * INTERVAL_US
    expect(client.arrivals.map(({ asked }) => asked)).toEqual([{ dueUs, sentUs: dueUs + 50_000 }])
  })

  test('that find a poll open are skipped and counted, and none is made up for', async () => {
    await start()
    clock.advanceBy(INTERVAL_US)
    clock.advanceBy(3 * INTERVAL_US)
    expect(client.skips).toEqual([2.25, 3.25, 4.25].map((intervals) => EPOCH_US + intervals * INTERVAL_US))
    await answer()
    expect(client.requests).toHaveLength(2)
    clock.advanceBy(INTERVAL_US)
    await answer()
    expect(client.requests.at(-1)).toBe(EPOCH_US + 5.25 * INTERVAL_US)
    expect(server.requests).toHaveLength(3)
  })

  test('come again after a poll that failed, over another connection if need be', async () => {
    await start()
    clock.advanceBy(INTERVAL_US)
    await answer('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n')
    clock.advanceBy(INTERVAL_US)
    await until(() => held.length > 0, 'a poll is open')
    held.shift()?.resetAndDestroy()
    await until(() => client.failures.length === 2, 'the second has failed too')
    clock.advanceBy(INTERVAL_US)
    await answer()
    expect(client.requests.slice(1)).toEqual([1.25, 2.25, 3.25].map((intervals) => EPOCH_US + intervals * INTERVAL_US))
    expect([client.losses, client.skips, dialled()]).toEqual([[], [], 2])
  })

  test('use one connection for all polls', async () => {
    await start()
    for (let tick = 0; tick < 6; tick++) {
      clock.advanceBy(INTERVAL_US)
      await answer()
    }
    expect([dialled(), server.requests.length]).toEqual([1, 7])
  })

  test('a poll that never ends is cut off once it is longer than any answer', async () => {
    await start()
    clock.advanceBy(INTERVAL_US)
    await until(() => held.length > 0, 'a poll is open')
    const socket = held.shift() as Socket
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n')
    for (let chunks = 0; chunks < 400 && !socket.destroyed; chunks++) {
      await new Promise((resolve) => socket.write(Buffer.alloc(1 << 16, 'x'), resolve))
    }
    await until(() => client.failures.length === 1, 'the poll has failed')
    expect(client.failures[0]?.message).toContain('expected a response of at most')
  })

  test('come once each, whatever the phase and however long the machine has been up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.01, max: 0.999_999, noNaN: true }),
        fc.integer({ min: 31, max: 44 }),
        async (phase, power) => {
          // Sums that pass a power of two lose a bit.
          const epochUs = 2 ** power - 2.5 * INTERVAL_US
          clock = new VirtualClock(epochUs)
          await start(phase, epochUs)
          clock.advanceBy(6 * INTERVAL_US)
          // The first of them is sent and stays open.
          await until(() => held.length === 1, 'the first tick')
          held.length = 0
          const ticks = [...client.requests.slice(1), ...client.skips]
          expect(ticks.map((us) => Math.round((us - epochUs) / INTERVAL_US - phase) + 0)).toEqual([0, 1, 2, 3, 4, 5])
          await client.session.close()
        },
      ),
      { numRuns: 30, examples: [[0.123_456_789_1, 33]] },
    )
  })
})

describe('polling', () => {
  let site: TransportSite
  afterEach(() => site.close())

  test('polls again at once while a response is full, and waits for its tick then', async () => {
    site = await TransportSite.start(polling, { options: { interval: '1h' } })
    const texts = site.publish(2_500)
    const client = await site.connected(0)
    await until(() => client.texts.length === 2_500, 'all messages')
    expect(client.texts).toEqual(texts)
    expect([client.answers, client.requests.length, site.dialer.dialled]).toEqual([[1_000, 1_000, 500], 3, 1])
  })

  test('polls again at once while responses are full of bytes', async () => {
    site = await TransportSite.start(polling, { options: { interval: '1h' } })
    site.publish(10, () => `"${'x'.repeat(300_000)}"`)
    const client = await site.connected(0)
    await until(() => client.texts.length === 10, 'all messages')
    expect(client.answers).toEqual([3, 3, 3, 1])
  })

  test('gets the newest only where it wants the latest, and says so', async () => {
    const clock = new VirtualClock()
    site = await TransportSite.start(polling, { options: { interval: '1s', mode: 'latest' }, clock, timers: clock })
    site.publish(3)
    const client = await site.connected()
    const newest: (string | undefined)[] = []
    for (const messages of [4, 0, 1, 2_000]) {
      const answers = client.answers.length
      newest.push(...site.publish(messages).slice(-1))
      clock.advanceBy(1_000_000)
      await until(() => client.answers.length > answers, 'the poll is answered')
    }
    expect(client.texts).toEqual(newest)
    expect(client.answers).toEqual([0, 1, 0, 1, 1])
    expect(client.latestOnly).toEqual([true, true, true])
  })

  test('marks nothing as the latest where it takes all', async () => {
    site = await TransportSite.start(polling, { options: { interval: '10ms' } })
    const client = await site.connected(0)
    site.publish(3)
    await until(() => client.texts.length === 3, 'all messages')
    expect(client.latestOnly).toEqual([false, false, false])
  })

  test('is not cut off by the server between polls', async () => {
    site = await TransportSite.start(polling, { options: { interval: '20ms' } })
    const client = await site.connected()
    await until(() => client.answers.length >= 8, 'eight polls')
    expect([site.dialer.dialled, site.accepted.length]).toEqual([1, 1])
    const [accepted] = site.accepted
    expect([accepted?.server.keepAliveTimeout, accepted?.socket.timeout ?? 0]).toEqual([0, 0])
    // Neither side speaks of an end that would make the other reconnect.
    expect(accepted?.writes.map(String).join('')).not.toMatch(/^keep-alive:/im)
  })

  test('sends in a bare poll nothing but what HTTP needs', async () => {
    site = await TransportSite.start(polling, { options: { interval: '1h' } })
    site.publish(1)
    await site.connected(1)
    const request = `GET /poll?after=1 HTTP/1.1\r\nhost: 127.0.0.1:${site.port}\r\nconnection: keep-alive\r\n\r\n`
    expect(site.dialer.totals.sent).toBe(request.length)
  })
})
