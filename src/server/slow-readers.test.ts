import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { TransportSite, until } from '../testing/transport-site.js'
import { httpStreaming } from '../transports/http-streaming/descriptor.js'
import { sse } from '../transports/sse/descriptor.js'
import type { TransportDescriptor } from '../transports/transport.js'
import { websocket } from '../transports/websocket/descriptor.js'

const WS_HEAD =
  'HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
const OPENINGS: Record<string, string> = {
  'http-streaming': 'GET /stream?after=0 HTTP/1.1\r\nHost: a\r\n\r\n',
  sse: 'GET /events?after=0 HTTP/1.1\r\nHost: a\r\n\r\n',
  websocket: `GET /ws?after=0 ${WS_HEAD}`,
}

const STREAMING: [string, TransportDescriptor, Record<string, unknown>][] = [
  ['http-streaming', httpStreaming as unknown as TransportDescriptor, {}],
  ['sse', sse as unknown as TransportDescriptor, {}],
  ['websocket', websocket as unknown as TransportDescriptor, {}],
  ['http-streaming', httpStreaming as unknown as TransportDescriptor, { coalesce: 'on' }],
  ['websocket', websocket as unknown as TransportDescriptor, { compression: 'on' }],
]

describe.each(STREAMING)('a client of %s that does not read', (name, descriptor, options) => {
  let site: TransportSite
  let socket: Socket
  afterEach(async () => {
    socket.destroy()
    await site.close()
  })

  async function start(parts: Parameters<typeof TransportSite.start>[1] = {}): Promise<void> {
    site = await TransportSite.start(descriptor, { options, ...parts })
    socket = connect(site.port, '127.0.0.1')
    const offer = options.compression === undefined ? '' : 'Sec-WebSocket-Extensions: permessage-deflate\r\n'
    socket.write((OPENINGS[name] as string).replace('Host: a\r\n', `Host: a\r\n${offer}`))
    await until(() => site.accepted[0] !== undefined && site.accepted[0].writes.length > 0, 'it is accepted')
  }

  /** Publishes 20 messages a turn; the most that waited in the server's memory for this client. */
  async function flood(messages: number): Promise<number> {
    let most = 0
    for (let published = 0; published < messages; published += 20) {
      site.publish(20, (seq) => `"${String(seq).padEnd(1_000, 'abcdefghijklmnopqrstuvwxyz')}"`)
      await new Promise((resolve) => setImmediate(resolve))
      most = Math.max(most, site.accepted[0]?.socket.writableLength ?? 0)
    }
    return most
  }

  test('costs no memory but a little, and gets everything once it reads', async () => {
    await start()
    const most = await flood(10_000)
    // A write that does not fit is kept whole: a batch of a coalescing server is up to a response's 1 MiB.
    expect(most).toBeLessThan(options.coalesce === 'on' ? 1.5 * 2 ** 20 : 200_000)
    expect(site.mounted.counters().messagesWritten).toBeLessThanOrEqual(10_000)
    socket.resume()
    await until(() => site.mounted.counters().messagesWritten === 10_000, 'all messages are written', 40_000)
    expect(site.mounted.counters().evicted).toBe(0)
  })

  test('goes on at the oldest kept where the log has not waited for it', async () => {
    await start({ limits: { messages: 100, bytes: 1 << 20 } })
    await flood(12_000)
    const { messagesWritten } = site.mounted.counters()
    socket.resume()
    await until(() => {
      const { messagesWritten: written, evicted } = site.mounted.counters()
      return (written ?? 0) + evicted === 12_000
    }, 'all messages are written or evicted')
    expect(messagesWritten).toBeLessThan(12_000)
    expect(site.mounted.counters().evicted).toBeGreaterThan(0)
  })

  test('ends its side and then gets the rest of what was written, and no error', async () => {
    await start()
    await flood(6_000)
    const errors: Error[] = []
    for (const end of [socket, site.accepted[0]?.socket]) end?.on('error', (error) => errors.push(error))
    socket.end()
    let bytes = 0
    socket.on('data', ({ length }) => {
      bytes += length
    })
    for (let turn = 0; turn < 5_000 && !socket.closed; turn++) {
      site.publish(1)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => site.server.connections === 0, 'the connection is gone')
    expect([errors, bytes]).toEqual([[], site.accepted[0]?.written])
  })

  test('is forgotten when it is cut off', async () => {
    await start()
    await flood(5_000)
    socket.resetAndDestroy()
    await until(() => site.server.connections === 0, 'it is gone')
    const { messagesWritten } = site.mounted.counters()
    site.publish(5)
    expect(site.mounted.counters().messagesWritten).toBe(messagesWritten)
  })

  test('holds up nobody else', async () => {
    await start()
    const client = await site.connected()
    await flood(3_000)
    await until(() => client.texts.length === 3_000, 'the other client has all')
  })
})
