import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWholeServer, type WholeServer } from '../testing/all-transports.js'
import { ask, exchange, parseResponse } from '../testing/raw-exchange.js'
import { until } from '../testing/transport-site.js'

let whole: WholeServer
let texts: string[]
let port: number
beforeAll(async () => {
  whole = await startWholeServer()
  texts = whole.publish(5)
  port = whole.port
})
afterAll(() => whole.server.close())

const get = (target: string, headers: string[] = []) => ask(port, `GET ${target}`, headers)
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==']
const KNOWN = 'one of /healthz, /poll, /long-poll, /stream, /events, /ws'
const error = (parts: Record<string, unknown>) => JSON.stringify({ error: parts })

describe('polling', () => {
  test.each([
    ['/poll', '{"messages":[],"next":5}'],
    ['/poll?mode=latest', '{"messages":[],"next":5}'],
    ['/poll?after=3', () => `{"messages":[${texts.slice(3).join()}],"next":5}`],
    ['/poll?after=0', () => `{"messages":[${texts.join()}],"next":5}`],
    ['/poll?after=2&mode=latest', () => `{"messages":[${texts.at(-1)}],"next":5}`],
    ['/poll?mode=latest&after=4', () => `{"messages":[${texts.at(-1)}],"next":5}`],
    ['/long-poll', '{"messages":[],"next":5}'],
    ['/long-poll?hold=1000', '{"messages":[],"next":5}'],
    ['/long-poll?after=4&hold=120000', () => `{"messages":[${texts.at(-1)}],"next":5}`],
  ])('%s is answered at once, exactly', async (target, expected) => {
    const { status, headers, body } = await get(target)
    expect([status, headers['content-type']]).toEqual([200, 'application/json'])
    expect(body).toBe(typeof expected === 'string' ? expected : expected())
  })

  test.each([
    '/poll?after=5',
    '/poll?after=6',
    '/poll?after=9007199254740991',
    '/poll?after=5&mode=latest',
    '/long-poll?after=5&hold=0',
    '/long-poll?after=99&hold=1',
  ])('%s has nothing to say: 204 without a body', async (target) => {
    const { status, headers, body } = await get(target)
    expect([status, headers['content-length'], body]).toEqual([204, undefined, ''])
  })
})

describe('streams', () => {
  test.each([
    ['/stream?after=4', [], 'application/x-ndjson', () => frame(`${texts[4]}\n`)],
    ['/events?after=4', [], 'text/event-stream', () => frame(`id: 5\ndata: ${texts[4]}\n\n`)],
    ['/events', ['Last-Event-ID: 4'], 'text/event-stream', () => frame(`id: 5\ndata: ${texts[4]}\n\n`)],
    ['/events?after=0', ['Last-Event-ID: 4'], 'text/event-stream', () => frame(`id: 5\ndata: ${texts[4]}\n\n`)],
    ['/events?after=4', ['Last-Event-ID:'], 'text/event-stream', () => frame(`id: 5\ndata: ${texts[4]}\n\n`)],
  ])('%s with %j is %s', async (target, headers, type, expected) => {
    const text = await exchange(
      port,
      `GET ${target} HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`,
      (got) => got.endsWith(expected()),
    )
    const response = parseResponse(text)
    expect([response.status, response.headers['content-type'], response.headers['cache-control']]).toEqual([
      200,
      type,
      'no-store',
    ])
    expect(response.headers['transfer-encoding']).toBe('chunked')
    expect(response.body).toBe(expected())
  })

  test.each(['/stream', '/events'])('%s is refused over HTTP/1.0, which has no chunks', async (target) => {
    const { status, body } = parseResponse(await exchange(port, `GET ${target} HTTP/1.0\r\n\r\n`))
    expect(status).toBe(400)
    expect(JSON.parse(body)).toEqual({ error: { expected: 'HTTP/1.1, and no request before it on the way' } })
  })

  test('a stream behind a request that is still open waits for its turn', async () => {
    const held = 'GET /long-poll?after=5&hold=50 HTTP/1.1\r\nHost: a\r\n\r\n'
    const stream = 'GET /stream?after=4 HTTP/1.1\r\nHost: a\r\n\r\n'
    const text = await exchange(port, held + stream, (got) => got.endsWith('\n\r\n'))
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 200'])
    expect(text.endsWith(frame(`${texts[4]}\n`))).toBe(true)
  })
})

describe('websocket', () => {
  test('is accepted with the key of RFC 6455, and sends a text message each', async () => {
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
    const request = [
      'GET /ws?after=4 HTTP/1.1',
      'Host: a',
      'Connection: keep-alive, Upgrade',
      'Upgrade: WebSocket',
      key,
      'Sec-WebSocket-Version: 13',
    ]
    const text = await exchange(port, `${request.join('\r\n')}\r\n\r\n`, (got) => got.includes('"data"}'))
    const { status, headers, body } = parseResponse(text)
    expect([status, headers['sec-websocket-accept']]).toEqual([101, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='])
    expect(headers['sec-websocket-extensions']).toBeUndefined()
    expect(body).toBe(`\x81${String.fromCharCode((texts[4] as string).length)}${texts[4]}`)
  })

  test.each(['8', '12', '14', '013', '', '13, 8'])('version %j is refused naming 13', async (version) => {
    const { status, headers, body } = await get('/ws', [...UPGRADE, `Sec-WebSocket-Version: ${version}`])
    expect([status, headers['sec-websocket-version'], headers.upgrade]).toEqual([426, '13', 'websocket'])
    expect(body).toBe(error({ parameter: 'Sec-WebSocket-Version', expected: '13' }))
  })

  test('without a version it is refused too', async () => {
    const { status, headers } = await get('/ws', UPGRADE)
    expect([status, headers['sec-websocket-version']]).toEqual([426, '13'])
  })

  test('to a path that does not upgrade is an offer that is passed over', async () => {
    const { status, body } = await get('/poll?after=4', [...UPGRADE, 'Sec-WebSocket-Version: 13'])
    expect([status, body]).toEqual([200, `{"messages":[${texts[4]}],"next":5}`])
  })

  test.each([
    ['/ws?after=x', 400, error({ parameter: 'after', expected: 'a whole number from 0 to 9007199254740991', got: 'x' })],
    ['/ws?hold=1', 400, error({ parameter: 'hold', expected: 'one of the parameters after', got: '1' })],
    ['/ws/', 404, error({ expected: KNOWN, got: '/ws/' })],
    ['//ws', 404, error({ expected: KNOWN, got: '//ws' })],
  ])('%s is refused with %i', async (target, expected, reason) => {
    const { status, body } = await get(target, [...UPGRADE, 'Sec-WebSocket-Version: 13'])
    expect([status, body]).toEqual([expected, reason])
  })

  test.each([
    ['a key that is none', ['Sec-WebSocket-Key: abc', 'Sec-WebSocket-Version: 13'], 400],
    ['no key', ['Sec-WebSocket-Version: 13'], 400],
  ])('is refused with %s', async (_, headers, expected) => {
    expect((await get('/ws', [...UPGRADE.slice(0, 2), ...headers])).status).toBe(expected)
  })

  test('is refused by POST', async () => {
    const { status } = await ask(port, 'POST /ws', [...UPGRADE, 'Sec-WebSocket-Version: 13'])
    expect(status).toBe(405)
  })

  test('without an upgrade gets 426', async () => {
    const { status, headers, body } = await get('/ws')
    expect([status, headers.upgrade, body]).toEqual([426, 'websocket', error({ expected: 'an upgrade to websocket' })])
  })

  test('leaves no connection behind once it is refused', async () => {
    for (const [target, version] of [
      ['/poll', '13'],
      ['/ws?after=x', '13'],
      ['/ws', '8'],
    ] as const) {
      const text = `GET ${target} HTTP/1.1\r\nHost: a\r\n${UPGRADE.join('\r\n')}\r\nSec-WebSocket-Version: ${version}\r\n\r\n`
      // The client never ends it.
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      socket.write(text)
      await once(socket.resume(), 'end')
      await until(() => whole.server.connections === 0, 'the connection is gone')
      socket.destroy()
    }
  })
})

function frame(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`
}
