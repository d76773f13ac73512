import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { descriptorLimit } from '../measure/descriptors.js'
import { startWholeServer, type WholeServer } from '../testing/all-transports.js'
import { ask, exchange } from '../testing/raw-exchange.js'
import { pause, TransportSite, until } from '../testing/transport-site.js'
import { polling } from '../transports/polling/descriptor.js'
import { connectionsAllowed } from './connection-limit.js'

let whole: WholeServer
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.length = 0
  await whole.server.close()
})

/** A client that sends this much of a request and then waits. */
function beginning(text: string): Socket {
  const socket = connect(whole.port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  socket.resume()
  if (text !== '') socket.write(text)
  return socket
}

interface Listener {
  socket: Socket
  text: string
}

/** A client that reads the stream, and is served before anybody else comes. */
async function listener(): Promise<Listener> {
  const client = { socket: beginning('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n'), text: '' }
  client.socket.on('data', (chunk) => {
    client.text += chunk.toString('latin1')
  })
  await until(() => client.text.includes('\r\n\r\n'), 'the stream')
  return client
}

const HALVES = [
  '',
  'G',
  'GET /stream HTTP/1.1\r\nHost: a\r\n',
  `GET /poll HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(15_000)}`,
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n',
  'GET /poll?after=9 HTTP/1.1\r\nHost: a\r\n\r\nGET /poll',
]
const CROWD = 3_000

describe.skipIf(descriptorLimit() < 2 * CROWD + 500)(`${CROWD} halves of requests (needs ${2 * CROWD + 500} descriptors)`, () => {
  test('keep nobody from being served, queue nothing, and are cut off', async () => {
    // Long enough for a slow machine to connect them all before the first is cut off.
    whole = await startWholeServer({}, { slowestHeadersMs: 6_000 })
    const before = await listener()
    for (let index = 0; index < CROWD; index++) beginning(HALVES[index % HALVES.length] as string)
    await until(() => whole.server.connections > CROWD, 'all are connected')
    const [text] = whole.publish(1)
    await until(() => before.text.includes(text as string), 'the message')
    expect((await ask(whole.port, 'GET /poll?after=0')).body).toContain(text)
    await until(() => whole.server.connections === 1, 'they are cut off', 30_000)
    const [last] = whole.publish(1)
    await until(() => before.text.includes(last as string), 'the last message')
    expect(whole.server.disconnected).toEqual({ slow: 0, refused: 0 })
  })
})

describe('a server that holds five connections', () => {
  test('refuses those beyond at once, counts them, and goes on with the others', async () => {
    whole = await startWholeServer({}, { maxConnections: 5 })
    const clients = await Promise.all([1, 2, 3, 4, 5].map(listener))
    const beyond = Array.from({ length: 20 }, () => beginning('GET /poll HTTP/1.1\r\nHost: a\r\n\r\n'))
    await until(() => beyond.every(({ closed }) => closed), 'they are refused')
    expect(beyond.map(({ bytesRead }) => bytesRead)).toEqual(new Array(20).fill(0))
    expect([whole.server.connections, whole.server.disconnected]).toEqual([5, { slow: 0, refused: 20 }])
    const [text] = whole.publish(1)
    for (const client of clients) await until(() => client.text.includes(text as string), 'the message')

    clients[0]?.socket.destroy()
    await until(() => whole.server.connections === 4, 'one has gone')
    expect((await ask(whole.port, 'GET /healthz')).status).toBe(200)
    expect(whole.server.disconnected.refused).toBe(20)
  })
})

describe('requests one behind the other', () => {
  test('are answered one at a time, and not before their answers are read', async () => {
    const site = await TransportSite.start(polling)
    try {
      site.publish(1_000, () => `"${'x'.repeat(1_000)}"`)
      const reads = vi.spyOn(site.log, 'read')
      const socket = connect(site.port, '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => {})
      // 64 KiB of requests ask for 1.7 GB.
      socket.write('GET /poll?after=0 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1_700))
      await until(() => site.accepted[0]?.socket.writableNeedDrain === true, 'the kernel takes no more')
      await pause(50)
      expect(reads.mock.calls.length).toBeLessThan(20)
      expect(site.accepted[0]?.socket.writableLength).toBeLessThan(2 << 20)
    } finally {
      await site.close()
    }
  })

  test('are answered up to what may wait, in their order, and then the connection ends', async () => {
    whole = await startWholeServer()
    const text = await exchange(whole.port, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500))
    const statuses = text.match(/HTTP\/1\.1 \d+/g)?.map((line) => line.slice(9))
    expect(statuses).toEqual([...new Array(101).fill('200'), '503'])
  })
})

test.each([
  [20_000, 19_872],
  [1_024, 896],
  [100, 1],
])('a process with %i descriptors holds %i connections', async (descriptors, connections) => {
  whole = await startWholeServer()
  expect(connectionsAllowed(descriptors)).toBe(connections)
  expect(connectionsAllowed()).toBe(connectionsAllowed(descriptorLimit()))
})
