import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { pause, TransportSite, until } from '../testing/transport-site.js'
import type { SiteParts } from '../transports/contract/site.js'
import { httpStreaming } from '../transports/http-streaming/descriptor.js'
import { polling } from '../transports/polling/descriptor.js'
import { sse } from '../transports/sse/descriptor.js'
import type { TransportDescriptor } from '../transports/transport.js'
import { websocket } from '../transports/websocket/descriptor.js'

const WS_HEAD =
  'HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
const POLLS = 'GET /poll?after=0 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(40)

const ALL: [name: string, descriptor: TransportDescriptor, opening: string, options: Record<string, unknown>][] = [
  ['polling', polling as unknown as TransportDescriptor, POLLS, {}],
  ['http-streaming', httpStreaming as unknown as TransportDescriptor, 'GET /stream?after=0 HTTP/1.1\r\nHost: a\r\n\r\n', {}],
  ['sse', sse as unknown as TransportDescriptor, 'GET /events?after=0 HTTP/1.1\r\nHost: a\r\n\r\n', { coalesce: 'on' }],
  ['websocket', websocket as unknown as TransportDescriptor, `GET /ws?after=0 ${WS_HEAD}\r\n`, {}],
  [
    'websocket, compressed',
    websocket as unknown as TransportDescriptor,
    `GET /ws?after=0 ${WS_HEAD}Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n`,
    { compression: 'on' },
  ],
]

/** Six looks of this server are over in a tenth of a second. */
const IMPATIENT = { slowReaderMs: 100 }

let site: TransportSite
let socket: Socket
afterEach(async () => {
  socket.destroy()
  await site.close()
})

async function start(descriptor: TransportDescriptor, parts: SiteParts, opening: string): Promise<void> {
  site = await TransportSite.start(descriptor, parts)
  // 15 MB, which no kernel keeps for a client that does not read.
  site.publish(10_000, (seq) => `"${noise(seq)}"`)
  socket = connect(site.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(opening)
  await until(() => site.accepted[0] !== undefined && site.accepted[0].writes.length > 0, 'it is accepted')
}

/** 1,500 characters that do not compress well. */
function noise(seq: number): string {
  let text = ''
  for (let state = seq; text.length < 1_500; state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) text += state.toString(36)
  return text.slice(0, 1_500)
}

describe.each(ALL)('%s', (_, descriptor, opening, options) => {
  test('a client that reads nothing is cut off and counted, and nobody else', async () => {
    await start(descriptor, { options, serverLimits: IMPATIENT }, opening)
    const healthy = await site.connected()
    const idle = connect(site.port, '127.0.0.1')
    await once(idle, 'connect')
    await until(() => site.server.disconnected.slow === 1, 'it is cut off')
    await until(() => site.server.connections === 2, 'its connection is gone')
    site.publish(1)
    if (descriptor.name !== 'polling') await until(() => healthy.texts.length === 1, 'the message')
    expect(site.server.disconnected).toEqual({ slow: 1, refused: 0 })
    expect([idle.closed, healthy.losses]).toEqual([false, []])
    idle.destroy()
  })

  test('a client that takes a little now and then is not', async () => {
    await start(descriptor, { options, serverLimits: { slowReaderMs: 1_200 } }, opening)
    let bytes = 0
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes % (1 << 20) < chunk.length) socket.pause()
    })
    // Looks come every 200 ms: it stands still for 7 of them, in all, and never for 6 in a row.
    // More turns where the machine is slow: how fast it is is not the question.
    for (let turn = 0; turn < 14 || (bytes <= 3 << 20 && turn < 300); turn++) {
      await pause(100)
      socket.resume()
    }
    expect(bytes).toBeGreaterThan(3 << 20)
    expect([site.server.disconnected.slow, socket.closed]).toEqual([0, false])
  })
})

test('pings without end from a client that reads nothing make no queue', async () => {
  await start(
    websocket as unknown as TransportDescriptor,
    { serverLimits: { slowReaderMs: 6_000 } },
    `GET /ws?after=0 ${WS_HEAD}\r\n`,
  )
  const server = site.accepted[0]?.socket
  await until(() => server?.writableNeedDrain === true, 'the kernel takes no more')
  const before = server?.writableLength ?? 0
  const ping = Buffer.concat([Buffer.from([0x89, 0xfd]), Buffer.alloc(4), Buffer.alloc(125, 'p')])
  const pings = Buffer.concat(Array<Buffer>(500).fill(ping))
  for (let sent = 0; sent < 100; sent++) await new Promise((resolve) => socket.write(pings, resolve))
  await until(() => server?.bytesRead === socket.bytesWritten, 'all 50,000 are read')
  expect((server?.writableLength ?? 0) - before).toBeLessThan(2 * 127 + 1)
  await until(() => site.server.disconnected.slow === 1, 'it is cut off')
})
