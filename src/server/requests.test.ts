import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWholeServer, type WholeServer } from '../testing/all-transports.js'
import { ask, exchange, parseResponse } from '../testing/raw-exchange.js'
import { chunk } from '../transports/http-stream.js'

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
const error = (parts: Record<string, unknown>) => JSON.stringify({ error: parts })

const NUMBER = 'a whole number from 0 to 9007199254740991'

describe('a bad parameter gets 400', () => {
  test.each<[target: string, parameter: string, expected: string]>([
    ...[
      '',
      '-1',
      '1.5',
      '1e3',
      '+1',
      '%2B1',
      '%201',
      '0x10',
      'NaN',
      'null',
      '9007199254740992',
      '99999999999999999999',
      '%D9%A1',
      '%00',
    ].flatMap((value) =>
      ['/poll', '/long-poll', '/stream', '/events'].map(
        (path) => [`${path}?after=${value}`, 'after', NUMBER] satisfies [string, string, string],
      ),
    ),
    ['/poll?after', 'after', NUMBER],
    ['/long-poll?hold=-1', 'hold', 'a whole number from 0 to 120000'],
    ['/long-poll?hold=120001', 'hold', 'a whole number from 0 to 120000'],
    ['/long-poll?hold=30s', 'hold', 'a whole number from 0 to 120000'],
    ['/poll?mode=all', 'mode', 'latest'],
    ['/poll?mode=', 'mode', 'latest'],
    ['/poll?hold=1', 'hold', 'one of the parameters after, mode'],
    ['/poll?After=1', 'After', 'one of the parameters after, mode'],
    ['/poll?=1', '', 'one of the parameters after, mode'],
    ['/poll?__proto__=1', '__proto__', 'one of the parameters after, mode'],
    ['/poll?after=1&after=1', 'after', 'one value'],
    ['/poll?after=1&after=', 'after', 'one value'],
    ['/stream?mode=latest', 'mode', 'one of the parameters after'],
    ['/events?lastEventId=1', 'lastEventId', 'one of the parameters after'],
  ])('%s', async (target, parameter, expected) => {
    const { status, headers, body } = await get(target)
    expect([status, headers['content-type']]).toEqual([400, 'application/json'])
    expect((JSON.parse(body) as { error: object }).error).toMatchObject({ parameter, expected })
  })

  test.each([['abc'], ['-1'], ['1, 2'], ['99999999999999999']])('Last-Event-ID: %s', async (value) => {
    const { status, body } = await get('/events', [`Last-Event-ID: ${value}`])
    expect([status, JSON.parse(body)]).toEqual([400, { error: { parameter: 'Last-Event-ID', expected: NUMBER, got: value } }])
  })

  test('after beside a Last-Event-ID that wins', async () => {
    expect((await get('/events?after=x', ['Last-Event-ID: 4'])).status).toBe(400)
  })

  test('and no more than a little of it is repeated', async () => {
    const { status, body } = await get(`/poll?${'n'.repeat(5_000)}=${'v'.repeat(5_000)}`)
    expect(status).toBe(400)
    expect(body.length).toBeLessThan(400)
  })
})

describe('elsewhere', () => {
  test('/healthz answers 200', async () => {
    const { status, headers, body } = await get('/healthz')
    expect([status, headers['content-type'], body]).toEqual([200, 'application/json', '{"status":"ok"}'])
  })

  test.each([
    '/',
    '/nowhere',
    '//',
    '//poll',
    '/poll/',
    '/POLL',
    '/%70oll',
    '/poll%3Fafter=1',
    '/poll;after=1',
    '/constructor',
    '/__proto__',
    '/ws/x',
  ])('%s is unknown: 404 with what is known', async (target) => {
    const { status, body } = await get(target)
    expect(status).toBe(404)
    const known = 'one of /healthz, /poll, /long-poll, /stream, /events, /ws'
    expect((JSON.parse(body) as { error: object }).error).toEqual({ expected: known, got: target.split('?')[0] })
  })

  test.each([
    ['GET http://feed/poll', 200],
    ['GET HTTP://elsewhere:81/poll?after=5', 204],
    ['GET http://feed/nowhere', 404],
    ['GET http://feed', 404],
    ['GET http://:99999/', 400],
    ['OPTIONS *', 400],
    ['GET ftp://feed/poll', 400],
  ])('%s gets %i', async (line, expected) => {
    expect((await ask(port, line)).status).toBe(expected)
  })

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s gets 405 and what is allowed',
    async (method) => {
      for (const path of ['/poll', '/long-poll?after=x', '/stream', '/events', '/healthz', '/ws']) {
        const { status, headers, body } = await ask(port, `${method} ${path}`, ['Content-Length: 0'])
        expect([path, status, headers.allow, body]).toEqual([path, 405, 'GET', error({ expected: 'GET', got: method })])
      }
    },
  )

  test('HEAD gets 405 without a body', async () => {
    const text = await exchange(port, 'HEAD /poll HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(parseResponse(text)).toMatchObject({ status: 405, headers: { allow: 'GET' }, body: '' })
  })

  test('CONNECT gets 405', async () => {
    expect(await ask(port, 'CONNECT example.org:443')).toMatchObject({ status: 405, headers: { allow: 'GET' } })
  })

  test.each([
    ['GET /poll', ['Content-Length: 4'], 413],
    ['GET /poll', ['Transfer-Encoding: chunked'], 413],
    ['POST /poll', ['Content-Length: 4'], 405],
    ['POST /nowhere', ['Content-Length: 4'], 404],
    ['GET /healthz', ['Content-Length: 0'], 200],
    ['GET /poll', ['Content-Length: 4', 'Expect: 100-continue'], 413],
  ])('%s with %j gets %i, and the connection ends', async (line, headers, expected) => {
    const { status, headers: got } = await ask(port, line, [...headers, 'Connection: keep-alive'])
    expect([status, got.connection]).toEqual([expected, expected === 200 ? 'keep-alive' : 'close'])
  })

  test('requests one behind the other are answered in their order', async () => {
    const lines = ['/poll?after=4', '/healthz', '/nowhere', '/poll?after=5', '/poll?after=x']
    const requests = lines.map(
      (target, index) => `GET ${target} HTTP/1.1\r\nHost: a\r\n${index === 4 ? 'Connection: close\r\n' : ''}\r\n`,
    )
    const text = await exchange(port, requests.join(''))
    expect(text.match(/HTTP\/1\.1 \d+/g)?.map((line) => line.slice(9))).toEqual(['200', '200', '404', '204', '400'])
  })

  test('HTTP/1.0 is answered, and the connection ends', async () => {
    const { status, body } = parseResponse(await exchange(port, 'GET /poll?after=4 HTTP/1.0\r\n\r\n'))
    expect([status, body]).toEqual([200, `{"messages":[${texts[4]}],"next":5}`])
  })

  test('an upgrade to anything but websocket is passed over, as curl --http2 and Java begin', async () => {
    const headers = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA']
    const response = await get('/poll?after=4', headers)
    expect([response.status, response.body]).toEqual([200, `{"messages":[${texts[4]}],"next":5}`])
    expect((await get('/nowhere', headers)).status).toBe(404)
    const stream = `GET /stream?after=4 HTTP/1.1\r\nHost: a\r\n${headers.join('\r\n')}\r\n\r\n`
    expect(parseResponse(await exchange(port, stream, (text) => text.endsWith('\n\r\n'))).body).toBe(
      chunk(`${texts[4]}\n`).toString(),
    )
  })
})
