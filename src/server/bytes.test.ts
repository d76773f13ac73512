import { expect, test } from 'vitest'
import { startWholeServer } from '../testing/all-transports.js'
import { exchange } from '../testing/raw-exchange.js'

const HANDSHAKE =
  'GET /ws?after=0 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'

/** What one message of so many bytes becomes on the wire after the response's head; its text is taken as it is. */
async function onTheWire(request: string, length: number, position: number): Promise<string> {
  const whole = await startWholeServer()
  try {
    for (let count = 1; count < position; count++) whole.log.append(Buffer.from('{}'))
    whole.log.append(Buffer.alloc(length, 'x'))
    const target = request.replace('after=0', `after=${position - 1}`)
    const text = await exchange(
      whole.port,
      target,
      (got) => got.split('x').length > length && got.endsWith(request === HANDSHAKE ? 'x' : '\n'),
    )
    return text.slice(text.indexOf('\r\n\r\n') + 4)
  } finally {
    await whole.server.close()
  }
}

test.each([
  [1, 2],
  [125, 2],
  [126, 4],
  [65_535, 4],
  [65_536, 10],
  [1 << 20, 10],
])('a WebSocket message of %i bytes has %i more around it', async (length, overhead) => {
  expect((await onTheWire(HANDSHAKE, length, 1)).length).toBe(length + overhead)
})

test.each([
  [15, '10'],
  [100, '65'],
  [200, 'c9'],
  [4_095, '1000'],
  [65_535, '10000'],
])('a line of %i bytes is a chunk with the digits %s and four bytes more', async (length, digits) => {
  const bytes = await onTheWire('GET /stream?after=0 HTTP/1.1\r\nHost: a\r\n\r\n', length, 1)
  expect(bytes).toBe(`${digits}\r\n${'x'.repeat(length)}\n\r\n`)
  expect(bytes.length - (length + 1)).toBe(digits.length + 4)
})

test('an event of 100 bytes with an id of six digits is 125 bytes', async () => {
  const bytes = await onTheWire('GET /events?after=0 HTTP/1.1\r\nHost: a\r\n\r\n', 100, 100_000)
  expect(bytes).toBe(`77\r\nid: 100000\ndata: ${'x'.repeat(100)}\n\n\r\n`)
  expect(bytes).toHaveLength(125)
})

test.each([1, 12, 123, 1_234])('an event with the id %i has m + 8 bytes, its id and its chunk', async (position) => {
  const bytes = await onTheWire('GET /events?after=0 HTTP/1.1\r\nHost: a\r\n\r\n', 100, position)
  const id = `id: ${position}\n`.length
  expect(bytes).toHaveLength(100 + 8 + id + (100 + 8 + id).toString(16).length + 4)
})
