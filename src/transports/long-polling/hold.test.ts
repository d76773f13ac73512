import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ask, exchange } from '../../testing/raw-exchange.js'
import { RecordedClient } from '../../testing/recorded-client.js'
import { pause, TransportSite, until } from '../../testing/transport-site.js'
import { VirtualClock } from '../../testing/virtual-clock.js'
import { longPolling } from './descriptor.js'

let site: TransportSite
afterEach(() => site.close())

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
  const before = timeouts()
  for (const isPolite of [true, false]) {
    const socket = connect(site.port, '127.0.0.1')
    socket.write('GET /long-poll?after=0&hold=120000 HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => timeouts() > before, 'the request is held')
    if (isPolite) socket.end()
    else socket.resetAndDestroy()
    await until(() => site.server.connections === 0 && timeouts() <= before, 'the request is forgotten')
  }
  site.publish(1)
  expect(site.mounted.counters().evicted).toBe(0)
})

test('of requests one behind the other only the first is held, so that none outlives its connection', async () => {
  await start()
  const before = timeouts()
  const socket = connect(site.port, '127.0.0.1')
  socket.write('GET /long-poll?after=0&hold=120000 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(50))
  await until(() => timeouts() > before, 'the request is held')
  expect(timeouts()).toBe(before + 1)
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
  for (const { socket } of site.accepted) socket.resetAndDestroy()
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

/** Timers that this process waits for. */
function timeouts(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
