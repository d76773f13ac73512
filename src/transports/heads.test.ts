import { expect, test } from 'vitest'
import { TransportSite } from '../testing/transport-site.js'
import { builtInTransports } from './registry.js'
import type { TransportDescriptor } from './transport.js'

/** Of a masked close frame with a code, which is all that a WebSocket sends beside its upgrade (RFC 6455 section 5.5.1). */
const CLOSE_FRAME_BYTES = 8

test.each(builtInTransports.map((descriptor) => [descriptor.name, descriptor as TransportDescriptor] as const))(
  'the heads that %s counts are those that the server read and wrote, to the byte, through all its connections',
  async (name, descriptor) => {
    const options = name === 'polling' ? { interval: '5ms' } : name === 'long-polling' ? { hold: '20ms' } : {}
    const site = await TransportSite.start(descriptor, { options })
    try {
      const clients = [await site.connected(null, { headers: [['cookie', 'a=b']] }), await site.connected(0)]
      for (let turn = 0; turn < 20; turn++) {
        site.publish(turn % 3, (seq) => `"${'z'.repeat(seq * 50)}"`)
        await site.until(() => clients.every(({ texts }) => texts.length === site.log.newest), 'the messages')
      }
      await Promise.all(clients.map(({ session }) => session.close()))
      await site.until(() => site.server.connections === 0, 'no connection is left')
      const frames = name === 'websocket' ? clients.length * CLOSE_FRAME_BYTES : 0
      expect(site.dialer.totals.headers).toBe(site.serverBytes.read - frames + site.responseHeadBytes)
      expect(site.responseHeadBytes).toBeGreaterThan(100)
    } finally {
      await site.close()
    }
  },
)

test('nobody counts heads where a library reads the connection', async () => {
  const websocket = builtInTransports.find(({ name }) => name === 'websocket') as TransportDescriptor
  const site = await TransportSite.start(websocket, { options: { compression: 'on' } })
  await site.connected()
  expect(site.dialer.totals.headers).toBeNull()
  await site.close()
})
