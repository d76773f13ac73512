import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startWholeServer, type WholeServer } from '../testing/all-transports.js'
import { ask, exchange, parseResponse } from '../testing/raw-exchange.js'
import { TransportSite, until } from '../testing/transport-site.js'
import { httpStreaming } from '../transports/http-streaming/descriptor.js'

const WS_HEAD =
  'HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'

/** In the names of the tests, since a server that breaks fails them after fast-check has gone. */
const SEED = Date.now() % 2 ** 31

describe('the server', () => {
  let whole: WholeServer
  beforeEach(async () => {
    whole = await startWholeServer()
    whole.publish(3)
  })
  afterEach(async () => {
    // Whatever came, it still serves.
    expect((await ask(whole.port, 'GET /healthz')).status).toBe(200)
    await whole.server.close()
    await until(() => whole.server.connections === 0, 'no connection is left')
  })

  /** Sends bytes and goes away, at once or after the answer. */
  async function send(bytes: Buffer, isPatient: boolean): Promise<void> {
    const socket = connect(whole.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    await once(socket, 'connect')
    await new Promise((resolve) => socket.write(bytes, resolve))
    if (isPatient) {
      socket.end()
      await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 30).unref())])
    }
    socket.resetAndDestroy()
    expect((await ask(whole.port, 'GET /healthz')).status).toBe(200)
  }

  test(`survives bytes without sense (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), fc.boolean(), (bytes, isPatient) =>
        send(Buffer.from(bytes), isPatient),
      ),
      { numRuns: 60, seed: SEED },
    )
  })

  test.each([
    ['GET /events', 'GET /healthz', 'h2c'],
    ['GET /events', 'GET /ws', 'websocket'],
    ['GET /events', 'CONNECT a:1', 'nothing'],
    ['GET /long-poll?after=9&hold=30', 'GET /healthz', 'h2c'],
    ['GET /long-poll?after=9&hold=30', 'GET /ws', 'websocket'],
    ['GET /long-poll?after=9&hold=30', 'CONNECT a:1', 'nothing'],
  ])('ends a connection on which %s, without its answer, is followed by %s as an upgrade to %s', async (first, second, to) => {
    const socket = connect(whole.port, '127.0.0.1')
    let received = ''
    socket.setEncoding('latin1').on('data', (text) => {
      received += text
    })
    const head = WS_HEAD.replace('websocket', to)
    socket.write(`${first} HTTP/1.1\r\nHost: a\r\n\r\n${second} ${head}`)
    await once(socket, 'close')
    // At most the beginning of the first answer.
    expect(received.match(/HTTP\/1\.1 (?!200)/)).toBeNull()
    expect(received.split('HTTP/1.1').length).toBeLessThanOrEqual(2)
  })

  test(`survives requests that are cut, changed and put together (seed ${SEED})`, async () => {
    const paths = [
      '/poll?after=0',
      '/long-poll?after=9&hold=5',
      '/stream',
      '/events',
      '/ws',
      '/healthz',
      '/poll?after=%',
      '*',
      'http://',
      '/ws?after=1',
    ]
    const request = fc
      .tuple(
        fc.constantFrom('GET', 'POST', 'HEAD', 'CONNECT', 'get', ''),
        fc.constantFrom(...paths),
        fc.constantFrom(' HTTP/1.1\r\n', ' HTTP/1.0\r\n', ' HTTP/2.0\r\n', '\r\n'),
      )
      .map((parts) => `${parts[0]} ${parts[1]}${parts[2]}`)
    const header = fc.constantFrom(
      'Host: a\r\n',
      'Connection: Upgrade\r\n',
      'Upgrade: websocket\r\n',
      'Upgrade: h2c\r\n',
      'Sec-WebSocket-Version: 13\r\n',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Expect: 100-continue\r\n',
      'Last-Event-ID: 1\r\n',
      'Connection: close\r\n',
      'X: \x00\r\n',
    )
    const bytes = fc
      .array(fc.tuple(request, fc.array(header, { maxLength: 6 }), fc.constantFrom('\r\n', '\r\n5\r\nhello\r\n0\r\n\r\n', '')), {
        minLength: 1,
        maxLength: 4,
      })
      .map((requests) => Buffer.from(requests.map(([line, headers, end]) => line + headers.join('') + end).join(''), 'latin1'))
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), (text, isPatient) => send(text, isPatient)),
      { numRuns: 120, seed: SEED },
    )
  })

  test(`survives WebSocket frames without sense (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (frames) => {
        await send(Buffer.concat([Buffer.from(`GET /ws ${WS_HEAD}`), frames]), true)
      }),
      { numRuns: 60, seed: SEED },
    )
  })

  test('refuses a WebSocket message that is too long, and says so', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${whole.port}/ws`)
    await once(socket, 'open')
    socket.send('x'.repeat(5_000))
    const [code] = (await once(socket, 'close')) as [number]
    expect(code).toBe(1009)
  })

  test('passes over what a WebSocket client says', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${whole.port}/ws`)
    await once(socket, 'open')
    socket.send('hello')
    socket.send(Buffer.from([1, 2, 3]))
    const [text] = whole.publish(1)
    const [data] = (await once(socket, 'message')) as [Buffer]
    expect(data.toString()).toBe(text)
    socket.terminate()
  })

  test('refuses headers of more than 16 KiB with 431', async () => {
    expect((await ask(whole.port, 'GET /poll', [`X-A: ${'a'.repeat(20_000)}`])).status).toBe(431)
    expect(parseResponse(await exchange(whole.port, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`)).status).toBe(431)
  })

  test('answers garbage on a stream by cutting it', async () => {
    const text = await exchange(whole.port, 'GET /stream?after=2 HTTP/1.1\r\nHost: a\r\n\r\ngarbage\r\n\r\n')
    expect(parseResponse(text).status).toBe(200)
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
  })

  test('answers nothing behind a stream, however much is asked for', async () => {
    const socket = connect(whole.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET /stream HTTP/1.1\r\nHost: a\r\n\r\n${'GET /poll?after=0 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2_000)}`)
    let bytes = ''
    socket.on('data', (chunk) => {
      bytes += chunk.toString('latin1')
    })
    await until(() => bytes.includes('\r\n\r\n'), 'the head of the stream')
    const [text] = whole.publish(1)
    await until(() => bytes.includes(text as string), 'the message')
    expect(bytes.match(/HTTP\/1\.1/g)).toHaveLength(1)
    socket.destroy()
  })
})

test('headers that do not come to their end are cut off', async () => {
  const site = await TransportSite.start(httpStreaming)
  try {
    const slow = exchange(site.port, 'GET /stream HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    await until(() => site.accepted.length === 1, 'it is connected')
    const server = site.accepted[0]?.server
    expect([server?.headersTimeout, server?.requestTimeout, server?.timeout]).toEqual([10_000, 10_000, 0])
    // The limit itself would take too long for a test; what looks after it comes every two seconds.
    if (server !== undefined) server.headersTimeout = 1
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /)
  } finally {
    await site.close()
  }
})
