import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { TransportSite, until } from '../../testing/transport-site.js'
import { websocket } from './descriptor.js'

let site: TransportSite
afterEach(() => site.close())

test('compression makes messages shorter on the wire, and is agreed upon by both sides', async () => {
  site = await TransportSite.start(websocket, { options: { compression: 'on' } })
  const client = await site.connected()
  const texts = site.publish(50, () => JSON.stringify('to and fro '.repeat(200)))
  await until(() => client.texts.length === 50, 'all messages')
  expect(client.texts).toEqual(texts)
  expect(site.dialer.totals.received).toBeLessThan(texts.join('').length / 5)
})

test('a client that offers no compression gets none, from the same server', async () => {
  site = await TransportSite.start(websocket, { options: { compression: 'on' } })
  const socket = new WebSocket(`ws://127.0.0.1:${site.port}/ws?after=0`, { perMessageDeflate: false })
  await once(socket, 'open')
  const [text] = site.publish(1)
  const [data] = (await once(socket, 'message')) as [Buffer]
  expect([socket.extensions, data.toString()]).toEqual(['', text])
  socket.terminate()
})

test('without compression none is agreed upon, though a client offers it', async () => {
  site = await TransportSite.start(websocket)
  const socket = new WebSocket(`ws://127.0.0.1:${site.port}/ws`, { perMessageDeflate: true })
  await once(socket, 'open')
  expect(socket.extensions).toBe('')
  socket.terminate()
})

test('the client offers compression only where it is asked for', async () => {
  site = await TransportSite.start(websocket)
  await site.connected()
  const bare = site.dialer.totals.sent
  await site.close()
  site = await TransportSite.start(websocket, { options: { compression: 'on' } })
  await site.connected()
  expect(site.dialer.totals.sent).toBeGreaterThan(bare)
})

test('compressed messages are written one by one', async () => {
  site = await TransportSite.start(websocket, { options: { compression: 'on' } })
  const client = await site.connected()
  site.publish(20)
  await until(() => client.texts.length === 20, 'all messages')
  const [accepted] = site.accepted
  expect(accepted?.writes.slice(1)).toHaveLength(20)
  expect(site.mounted.counters().writes).toBe(20)
})
