import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { TransportSite, until } from '../testing/transport-site.js'
import { Fanout } from './fanout.js'
import { httpStreaming } from './http-streaming/descriptor.js'
import { sse } from './sse/descriptor.js'
import type { TransportDescriptor } from './transport.js'
import { websocket } from './websocket/descriptor.js'

const STREAMING = [httpStreaming, sse, websocket] as unknown as TransportDescriptor[]
const OPENING: Record<string, string> = {
  'http-streaming': 'GET /stream HTTP/1.1\r\nHost: a\r\n\r\n',
  sse: 'GET /events HTTP/1.1\r\nHost: a\r\n\r\n',
  websocket:
    'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
}

let site: TransportSite
afterEach(() => site.close())

/** Of each socket, how many messages each write after the response's head carried. */
function messagesPerWrite(): number[][] {
  return site.accepted.map(({ writes }) => writes.slice(1).map((bytes) => bytes.toString('latin1').split('{"seq":').length - 1))
}

async function threeClients(after: number | null = null): Promise<void> {
  await Promise.all([site.connected(after), site.connected(after), site.connected(after)])
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
}

function allHave(messages: number): Promise<void> {
  return until(() => site.clients.every(({ texts }) => texts.length === messages), 'all messages')
}

describe.each(STREAMING.map((descriptor) => [descriptor.name, descriptor] as const))('%s', (name, descriptor) => {
  test('writes each message by itself where coalesce is off', async () => {
    site = await TransportSite.start(descriptor, { options: { coalesce: 'off' } })
    await threeClients()
    site.publish(20)
    await allHave(20)
    expect(messagesPerWrite()).toEqual(Array(3).fill(Array(20).fill(1)))
    expect(site.mounted.counters()).toEqual({ writes: 60, messagesWritten: 60, evicted: 0 })
  })

  test('writes a backlog message by message too where coalesce is off', async () => {
    site = await TransportSite.start(descriptor, { options: { coalesce: 'off' } })
    site.publish(1_200)
    await threeClients(0)
    await allHave(1_200)
    expect(messagesPerWrite()).toEqual(Array(3).fill(Array(1_200).fill(1)))
  })

  test('writes the messages of one turn of the loop at once where coalesce is on', async () => {
    site = await TransportSite.start(descriptor, { options: { coalesce: 'on' } })
    await threeClients()
    for (const messages of [20, 1, 7]) {
      site.publish(messages)
      await nextTurn()
    }
    await allHave(28)
    expect(messagesPerWrite()).toEqual(Array(3).fill([20, 1, 7]))
    expect(site.mounted.counters()).toEqual({ writes: 9, messagesWritten: 84, evicted: 0 })
  })

  test('writes the same bytes for all clients, however far each was', async () => {
    site = await TransportSite.start(descriptor, { options: { coalesce: 'on' } })
    const texts = site.publish(6)
    await Promise.all([site.connected(0), site.connected(3), site.connected(6), site.connected(null)])
    texts.push(...site.publish(3))
    await until(() => site.clients.every(({ texts: got }) => got.at(-1) === texts.at(-1)), 'the last message')
    expect(site.clients.map((client) => client.texts)).toEqual([0, 3, 6, 6].map((from) => texts.slice(from)))
  })

  test('writes nothing more to a client that has said its end', async () => {
    site = await TransportSite.start(descriptor)
    const socket = connect(site.port, '127.0.0.1')
    socket.write(OPENING[name] as string)
    await once(socket, 'data')
    site.publish(1)
    await once(socket, 'data')
    const errors: Error[] = []
    site.accepted[0]?.socket.on('error', (error) => errors.push(error))
    // A close frame is the end of a WebSocket, before that of its connection.
    if (name === 'websocket') socket.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]))
    else socket.end()
    const bytes = await restOf(socket, () => site.publish(1))
    expect(bytes.toString('latin1').split(CLOSE_FRAME).slice(1).join('')).not.toContain('seq')
    expect(errors).toEqual([])
    await until(() => site.server.connections === 0, 'the connection is gone')
  })
})

test.each([true, false])('a message is framed once for all clients (coalesce: %s), and none after the end', async (coalesce) => {
  site = await TransportSite.start(httpStreaming)
  const { log } = site
  let frames = 0
  const frame = ({ text }: { text: Buffer }) => {
    frames++
    return text
  }
  const fanout = new Fanout({ log, coalesce, frame })
  const sockets = Array.from({ length: 3 }, () => new PassThrough())
  for (const socket of sockets) fanout.add(socket, null)
  const texts = site.publish(20)
  await nextTurn()
  expect(frames).toBe(20)
  const late = new PassThrough()
  fanout.close(Buffer.from('end'))
  fanout.add(late, 0)
  site.publish(1)
  await nextTurn()
  expect([...sockets, late].map(allOf)).toEqual([...Array(3).fill(`${texts.join('')}end`), 'end'])
})

/** What can be read now. A read gives all of it, or from Node 26 on one piece. */
function allOf(socket: PassThrough): string {
  const pieces: unknown[] = []
  for (let piece: unknown = socket.read(); piece !== null; piece = socket.read()) pieces.push(piece)
  return pieces.join('')
}

test('a WebSocket client that closes before it has read gets no message after the close frame', async () => {
  site = await TransportSite.start(websocket)
  const socket = connect(site.port, '127.0.0.1')
  socket.write(OPENING.websocket as string)
  await until(() => site.accepted[0] !== undefined && site.accepted[0].writes.length > 0, 'it is accepted')
  const backlog = () => site.accepted[0]?.socket.writableLength ?? 0
  for (let turn = 0; turn < 20_000 && backlog() === 0; turn++) site.publish(1, () => `"${'x'.repeat(1_000)}"`)
  const read = site.accepted[0]?.socket.bytesRead ?? 0
  socket.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]))
  await until(() => site.accepted[0]?.socket.bytesRead === read + 8, 'the close frame has come')
  site.publish(50)
  const bytes = await restOf(socket, () => site.publish(1))
  expect(bytes.toString('latin1', bytes.length - 4)).toBe(CLOSE_FRAME)
})

const CLOSE_FRAME = '\x88\x02\x03\xe8'

/** Reads to the end, while something goes on at every turn. */
async function restOf(socket: Socket, eachTurn: () => void): Promise<Buffer> {
  const chunks: Buffer[] = []
  let isOver = false
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.once('end', () => {
    isOver = true
    socket.end()
  })
  for (let turn = 0; turn < 20_000 && !isOver; turn++) {
    eachTurn()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return Buffer.concat(chunks)
}
