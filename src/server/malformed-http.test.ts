import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startWholeServer, type WholeServer } from '../testing/all-transports.js'
import { ask } from '../testing/raw-exchange.js'
import { pause, until } from '../testing/transport-site.js'

/** Requests that other servers and proxies have been fooled by. Whatever is refused ends its connection, and nothing behind it is answered. */

const HOST = 'Host: a\r\n'
const SMUGGLED = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`
const CHUNKED = `POST /poll HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`
const WEB_SOCKET =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'

function get(headers: string, rest = SMUGGLED): string {
  return `GET /poll HTTP/1.1\r\n${HOST}${headers}\r\n${rest}`
}

let whole: WholeServer
beforeAll(async () => {
  whole = await startWholeServer()
  whole.publish(3)
})
afterEach(async () => {
  expect((await ask(whole.port, 'GET /healthz')).status).toBe(200)
  await until(() => whole.server.connections === 0, 'no connection is left')
})
afterAll(() => whole.server.close())

/** Every status that comes until the server ends the connection, which it must do by itself. */
async function statuses(bytes: string): Promise<number[]> {
  const socket = connect({ port: whole.port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  const ended = Promise.race([once(socket, 'end'), once(socket, 'close')])
  socket.write(Buffer.from(bytes, 'latin1'))
  await ended
  socket.destroy()
  return (text.match(/HTTP\/1\.1 \d+/g) ?? []).map((line) => Number(line.slice(9)))
}

test.each<[what: string, bytes: string, status: number]>([
  ['two lengths', get('Content-Length: 0\r\nContent-Length: 5\r\n'), 400],
  ['the same length twice', get('Content-Length: 0\r\nContent-Length: 0\r\n'), 400],
  ['a list of lengths', get('Content-Length: 0, 0\r\n'), 400],
  ['a negative length', get('Content-Length: -1\r\n'), 400],
  ['a length with a sign', get('Content-Length: +5\r\n'), 400],
  ['a hexadecimal length', get('Content-Length: 0x5\r\n'), 400],
  ['an empty length', get('Content-Length: \r\n'), 400],
  ['a length beyond 64 bits', get('Content-Length: 99999999999999999999999\r\n'), 400],
  ['a length of 2^63', get('Content-Length: 9223372036854775808\r\n'), 413],
  ['a length and chunks', get('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'), 400],
  ['an encoding that is nearly chunked', get('Transfer-Encoding: xchunked\r\n'), 413],
  ['two encodings', get('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'), 400],
  ['an encoding after chunks', get('Transfer-Encoding: chunked, gzip\r\n'), 400],
  ['a space before a colon', get('Transfer-Encoding : chunked\r\n'), 400],
  ['a request as body', get('Content-Length: 33\r\n'), 413],
  ['a chunk of no length', `${CHUNKED}zz\r\nhello\r\n0\r\n\r\n${SMUGGLED}`, 405],
  ['a chunk beyond 64 bits', `${CHUNKED}ffffffffffffffffff\r\nhello\r\n0\r\n\r\n${SMUGGLED}`, 405],
  ['a chunk that is longer than it says', `${CHUNKED}5\r\nhelloX0\r\n\r\n${SMUGGLED}`, 405],
  ['a line feed in a chunk extension', `${CHUNKED}5;a\nhello\r\n0\r\n\r\n${SMUGGLED}`, 405],
  ['an endless chunk extension', `${CHUNKED}5;${'a'.repeat(40_000)}`, 405],
  ['NUL in the target', `GET /po\0ll HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`, 400],
  ['NUL in a name', get('X\0: 1\r\n'), 400],
  ['NUL in a value', get('X: \0\r\n'), 400],
  ['bare line feeds', `GET /poll HTTP/1.1\nHost: a\n\n${SMUGGLED}`, 400],
  ['a bare line feed behind a header', `GET /poll HTTP/1.1\r\nHost: a\nX: b\r\n\r\n${SMUGGLED}`, 400],
  ['a bare carriage return in a header', get('X: a\rY: b\r\n'), 400],
  ['a bare carriage return in the target', `GET /po\rll HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['a folded header', get('X: a\r\n b\r\n'), 400],
  ['a header without a name', get(': x\r\n'), 400],
  ['no Host', `GET /poll HTTP/1.1\r\n\r\n${SMUGGLED}`, 400],
  ['two Hosts', get('hOST: b\r\n'), 400],
  ['no target', `GET HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['an unknown method', `BREW /poll HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`, 400],
  ['an authority', `GET feed:80 HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['HTTP/2.0', `GET /poll HTTP/2.0\r\n${HOST}\r\n`, 505],
  ['HTTP/1.2', `GET /poll HTTP/1.2\r\n${HOST}\r\n`, 400],
  ['HTTP/9.9', `GET /poll HTTP/9.9\r\n${HOST}\r\n`, 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['SOCKS', '\x05\x01\x00', 400],
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n', 400],
  ['101 headers', get('A: b\r\n'.repeat(100)), 431],
  ['3,000 headers', get('A:\r\n'.repeat(3_000)), 431],
  ['20,000 bytes of header', get(`A: ${'b'.repeat(20_000)}\r\n`), 431],
  ['20,000 bytes of target', `GET /${'b'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 431],
  ['a WebSocket with 101 headers', get(`${'A: b\r\n'.repeat(100)}${WEB_SOCKET}`).replace('/poll', '/ws'), 431],
  ['a WebSocket with two Hosts', get(`${HOST}${WEB_SOCKET}`).replace('/poll', '/ws'), 400],
  ['a WebSocket with a body', get(`Content-Length: 5\r\n${WEB_SOCKET}`).replace('/poll', '/ws'), 413],
  ['a WebSocket by HTTP/2.0', get(WEB_SOCKET).replace('/poll HTTP/1.1', '/ws HTTP/2.0'), 505],
])('%s', async (_, bytes, status) => {
  expect(await statuses(bytes)).toEqual([status])
})

test('what makes no sense behind a request leaves its answer whole', async () => {
  expect(await statuses(get('', 'garbage\r\n\r\n'))).toEqual([200])
  expect(await statuses(get('', '\0\0\0\0'))).toEqual([200])
})

test('100 headers are not too many', async () => {
  expect(await statuses(get(`Connection: close\r\n${'A: b\r\n'.repeat(98)}`, ''))).toEqual([200])
})

test('HTTP/0.9 is half a request, which is cut off', async () => {
  const late = await startWholeServer({}, { slowestHeadersMs: 50 })
  const socket = connect(late.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('GET /poll\r\n')
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  expect(chunk.toString()).toMatch(/^HTTP\/1\.1 408 /)
  await once(socket, 'close')
  await late.server.close()
})

test('a client that resets its connection after each byte of a request takes nothing with it', async () => {
  const paths = ['/poll?after=0', '/long-poll?after=3', '/stream?after=0', '/events?after=0']
  const requests = [
    ...paths.map((path) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`),
    get(WEB_SOCKET, '\x81\x85\0\0\0\0hello').replace('/poll', '/ws?after=0'),
    get(WEB_SOCKET, ''),
  ]
  for (const request of requests) {
    const cuts = Array.from({ length: request.length }, (_, index) => index + 1)
    await Promise.all(
      cuts.map(async (length) => {
        const socket = connect(whole.port, '127.0.0.1')
        socket.on('error', () => {})
        await new Promise((resolve) => socket.write(Buffer.from(request.slice(0, length), 'latin1'), resolve))
        // At once, in the turns in which it is answered, or while the feed is written to it.
        if (length % 3 === 1) await pause(0)
        if (length % 3 === 2) whole.publish(1)
        socket.resetAndDestroy()
      }),
    )
    await until(() => whole.server.connections === 0, 'all are gone')
  }
})
