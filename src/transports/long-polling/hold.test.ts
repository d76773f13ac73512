import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { ask, exchange } from '../../testing/raw-exchange.js'
import { RecordedClient } from '../../testing/recorded-client.js'
import { ScriptedServer } from '../../testing/scripted-server.js'
import { pause, TransportSite, until } from '../../testing/transport-site.js'
import { VirtualClock } from '../../testing/virtual-clock.js'
import { longPolling } from './descriptor.js'

const LONG_MS = 119_000

let site: TransportSite
afterEach(async () => {
  vi.restoreAllMocks()
  await site.close()
})

async function start(hold = '30s'): Promise<void> {
  site = await TransportSite.start(longPolling, { options: { hold } })
}

test('a hold that is over gives 204, and the client asks again with the cursor it had', async () => {
  await start('5ms')
  const texts = site.publish(2)
  const client = await site.connected(1)
  await until(() => client.answers.length >= 5, 'five answers')
  expect(client.answers.slice(0, 5)).toEqual([1, 0, 0, 0, 0])
  texts.push(...site.publish(1))
  await until(() => client.texts.length === 2, 'the next message')
  expect(client.texts).toEqual(texts.slice(1))
  expect(site.dialer.dialled).toBe(1)
})

test('a client asks again at once, and once for each answer', async () => {
  await start()
  const client = await site.connected()
  for (let answers = 1; answers <= 5; answers++) {
    site.publish(1)
    await until(() => client.texts.length === answers, 'the message')
  }
  // One to subscribe, five that brought a message, and the one that is held.
  expect([client.requests.length, client.answers]).toEqual([7, [0, 1, 1, 1, 1, 1]])
})

test('a request was due when the answer before it had come', async () => {
  await start()
  const client = await site.connected()
  for (let answers = 1; answers <= 3; answers++) {
    site.publish(1)
    await until(() => client.texts.length === answers, 'the message')
  }
  const came = client.arrivals.map(({ receivedUs, lagUs }) => receivedUs - lagUs)
  const asked = client.arrivals.slice(1).map((arrival) => arrival.asked)
  expect(asked.map((request) => request?.dueUs)).toEqual(came.slice(0, 2))
  expect(asked.map((request) => request?.sentUs)).toEqual(client.requests.slice(2, 4))
})

test('what came between two polls comes in one answer', async () => {
  await start()
  const texts = site.publish(40)
  const client = await site.connected(0)
  await until(() => client.texts.length === 40, 'all messages')
  expect([client.texts, client.answers]).toEqual([texts, [40]])
  expect(client.arrivals.every((arrival) => arrival === client.arrivals[0])).toBe(true)
})

test('the next poll is sent before the messages of the last are told', async () => {
  await start()
  const order: string[] = []
  const client = new RecordedClient()
  const connected = site.connect(0)
  await until(() => connected.cursors.length === 1, 'it is subscribed')
  const { requested, message } = connected
  connected.requested = (us) => {
    order.push('requested')
    requested.call(connected, us)
  }
  connected.message = (text, arrival) => {
    order.push('message')
    message.call(connected, text, arrival)
  }
  site.publish(1)
  await until(() => connected.texts.length === 1, 'the message')
  expect([order, client.texts]).toEqual([['requested', 'message'], []])
})

test('a first poll is not held, so that the client is known to be subscribed', async () => {
  await start()
  site.publish(3)
  const client = await site.connected(3)
  expect([client.cursors, client.answers]).toEqual([[3], [0]])
})

test('a cursor older than the newest is answered at once, whatever the hold', async () => {
  await start()
  site.publish(3)
  const { status, body } = await ask(site.port, 'GET /long-poll?after=2&hold=120000')
  expect([status, (JSON.parse(body) as { next: number }).next]).toEqual([200, 3])
})

test('a held request is answered by the first message after its cursor', async () => {
  await start()
  const answer = ask(site.port, 'GET /long-poll?after=2&hold=120000')
  await until(() => site.server.connections === 1, 'the request has come')
  await pause(20)
  site.publish(1)
  site.publish(1)
  const [text] = site.publish(1)
  expect((await answer).body).toBe(`{"messages":[${text}],"next":3}`)
})

test('a client that is gone while it was held is forgotten', async () => {
  await start()
  const held = watchHolds()
  for (const isPolite of [true, false]) {
    const socket = connect(site.port, '127.0.0.1')
    socket.write(`GET /long-poll?after=0&hold=${LONG_MS} HTTP/1.1\r\nHost: a\r\n\r\n`)
    await until(() => held() > 0, 'the request is held')
    if (isPolite) socket.end()
    else socket.resetAndDestroy()
    await until(() => site.server.connections === 0 && held() === 0, 'the request is forgotten')
  }
  site.publish(1)
  expect(site.mounted.counters().evicted).toBe(0)
})

test('of requests one behind the other only the first is held, so that none outlives its connection', async () => {
  await start()
  const held = watchHolds()
  const socket = connect(site.port, '127.0.0.1')
  socket.write(`GET /long-poll?after=0&hold=${LONG_MS} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(50))
  await until(() => held() > 0, 'the request is held')
  expect(held()).toBe(1)
  site.publish(1)
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  expect(bytes.toString()).toMatch(/^HTTP\/1\.1 200 /)
  socket.destroy()
  await until(() => site.server.connections === 0, 'the connection is gone')
})

test('held requests are answered when the server ends', async () => {
  await start()
  const answer = exchange(site.port, 'GET /long-poll?after=0&hold=120000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await until(() => site.server.connections === 1, 'the request has come')
  await pause(20)
  await site.server.close()
  expect(await answer).toMatch(/^HTTP\/1\.1 204 /)
})

test('a poll that failed is tried again after a pause, and not before', async () => {
  const clock = new VirtualClock()
  site = await TransportSite.start(longPolling, { clock, timers: clock })
  const client = await site.connected()
  site.cut()
  await until(() => client.failures.length === 1, 'the held poll has failed')
  clock.advanceBy(249_999)
  expect(client.requests).toHaveLength(2)
  clock.advanceBy(1)
  expect(client.requests).toHaveLength(3)
  const texts = site.publish(1)
  await until(() => client.texts.length === 1, 'the message')
  expect([client.texts, client.losses]).toEqual([texts, []])
  await client.session.close()
  expect(clock.armed).toBe(0)
})

test('a poll that fails while the client closes is not tried again', async () => {
  await start()
  const clock = new VirtualClock()
  const held: Socket[] = []
  const scripted = await ScriptedServer.start((socket, request) => {
    if (request.includes('hold=0')) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    else held.push(socket)
  })
  const { target } = scripted
  const client = site.connect(0, { target, clock, timers: clock, dial: () => site.dialTo(target) })
  await until(() => held.length === 1, 'a poll is held')
  held[0]?.write('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n')
  await client.session.close()
  expect([client.failures.length, clock.armed]).toEqual([1, 0])
  await scripted.close()
})

/** How many requests are held for `LONG_MS` from now on: timers of that length which were set and not cleared. */
function watchHolds(): () => number {
  const set = vi.spyOn(globalThis, 'setTimeout')
  const clear = vi.spyOn(globalThis, 'clearTimeout')
  return () => {
    const cleared = new Set<unknown>(clear.mock.calls.map(([handle]) => handle))
    return set.mock.results.filter(({ value }, index) => set.mock.calls[index]?.[1] === LONG_MS && !cleared.has(value)).length
  }
}
