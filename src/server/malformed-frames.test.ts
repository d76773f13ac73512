import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWholeServer, type WholeServer } from '../testing/all-transports.js'
import { ask } from '../testing/raw-exchange.js'
import { until } from '../testing/transport-site.js'

/** What a WebSocket client must not send, and the code with which the server closes (RFC 6455 section 7.4.1). */

const OPENING =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'

/** A client's frame, masked with zeros, which leave it readable. */
function frame(first: number, payload: Buffer | string = '', length?: bigint): Buffer {
  const body = Buffer.from(payload as string)
  const announced = length ?? BigInt(body.length)
  const head =
    announced < 126n
      ? Buffer.from([first, 0x80 | Number(announced)])
      : Buffer.concat([Buffer.from([first, 0x80 | 127]), bigEndian(announced)])
  return Buffer.concat([head, Buffer.alloc(4), body])
}

function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

function close(code: number, reason: Buffer | string = ''): Buffer {
  return frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as string)]))
}

let whole: WholeServer
let socket: Socket
let received: Buffer
beforeEach(async () => {
  whole = await startWholeServer()
  socket = connect({ port: whole.port, host: '127.0.0.1' })
  socket.on('error', () => {})
  socket.write(OPENING)
  received = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
  })
  await until(() => received.includes('\r\n\r\n'), 'the upgrade')
  received = Buffer.alloc(0)
})
afterEach(async () => {
  socket.destroy()
  expect((await ask(whole.port, 'GET /healthz')).status).toBe(200)
  await until(() => whole.server.connections === 0, 'no connection is left')
  await whole.server.close()
})

test.each<[what: string, bytes: Buffer, code: number]>([
  ['the first reserved bit', frame(0xc1, 'a'), 1002],
  ['the second reserved bit', frame(0xa1, 'a'), 1002],
  ['the third reserved bit', frame(0x91, 'a'), 1002],
  ['no mask', Buffer.from([0x81, 1, 97]), 1002],
  ['a reserved opcode', frame(0x83, 'a'), 1002],
  ['a reserved control opcode', frame(0x8b), 1002],
  ['a control frame of 126 bytes', frame(0x89, 'a'.repeat(126)), 1002],
  ['a control frame in two parts', frame(0x09, 'a'), 1002],
  ['the end of a message that has not begun', frame(0x80, 'a'), 1002],
  ['a message within a message', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')]), 1002],
  ['a close frame of one byte', frame(0x88, 'a'), 1002],
  ['a close code that must not be sent', close(1005), 1002],
  ['a close code below all', close(999), 1002],
  ['a close code above all', close(5000), 1002],
  ['a close reason that is not UTF-8', close(1000, Buffer.from([0xff])), 1007],
  ['a text that is not UTF-8', frame(0x81, Buffer.from([0xc3, 0x28])), 1007],
  ['a message that is too long', frame(0x82, 'a', 4_097n), 1009],
  ['a message of 2 GiB', frame(0x82, 'a', 2n ** 31n), 1009],
  ['a message of 2^63 bytes', frame(0x82, 'a', 2n ** 63n), 1009],
  ['parts that are too long together', Buffer.concat([frame(0x02, 'a'.repeat(4_000)), frame(0x80, 'a'.repeat(97))]), 1009],
  ['empty parts without an end', Buffer.concat([frame(0x01), ...Array<Buffer>(20_000).fill(frame(0x00))]), 1008],
])('%s', async (_, bytes, code) => {
  const ended = once(socket, 'end')
  socket.write(bytes)
  await ended
  expect([received[0], received.readUInt16BE(2)]).toEqual([0x88, code])
})

test('parts of one byte are passed over, up to what a message may have', async () => {
  socket.write(Buffer.concat([frame(0x01, 'a'), ...Array<Buffer>(4_000).fill(frame(0x00, 'a')), frame(0x80, 'a')]))
  const [text] = whole.publish(1)
  await until(() => received.includes(text as string), 'the message')
})

test('what comes after a close frame is passed over, and nothing is written after the answer to it', async () => {
  const ended = once(socket, 'end')
  socket.write(Buffer.concat([close(1000), frame(0x81, 'hello'), frame(0x89, 'ping'), Buffer.from([0xff, 0xff, 0xff])]))
  await until(() => received.length > 0, 'the answer')
  whole.publish(3)
  await ended
  expect(received.subarray(0, 4)).toEqual(Buffer.from([0x88, 0x02, 0x03, 0xe8]))
  expect(received).toHaveLength(4)
})

test('of many pings at once the last is answered, and messages come through', async () => {
  socket.write(Buffer.concat(Array.from({ length: 1_000 }, (_, index) => frame(0x89, String(index).padStart(4, '0')))))
  await until(() => received.includes('0999'), 'the last pong')
  const [text] = whole.publish(1)
  await until(() => received.includes(text as string), 'the message')
  expect(received.subarray(0, 6)).toEqual(Buffer.concat([Buffer.from([0x8a, 4]), Buffer.from('0000')]))
})
