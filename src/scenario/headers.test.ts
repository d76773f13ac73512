import { describe, expect, it } from 'vitest'
import { placesOf, read, scenarioText } from '../testing/scenarios.js'

describe('headers', () => {
  it('of a browser make a poll request of 500 to 900 bytes', async () => {
    const { headers } = await read({ headers: 'browser' })
    const lines = [
      'GET /poll?after=123456 HTTP/1.1',
      'host: 127.0.0.1:43210',
      'connection: keep-alive',
      ...headers.headers.map((pair) => pair.join(': ')),
      '',
      '',
    ]
    const bytes = Buffer.byteLength(lines.join('\r\n'))
    expect(bytes).toBeGreaterThanOrEqual(500)
    expect(bytes).toBeLessThanOrEqual(900)
  })

  it('of a scenario are texts, in its order', async () => {
    const { headers } = await read({ headers: '{ X-B: b, DNT: 1, X-A: true, Empty: "" }' })
    expect(headers).toEqual({
      name: 'custom',
      headers: [
        ['X-B', 'b'],
        ['DNT', '1'],
        ['X-A', 'true'],
        ['Empty', ''],
      ],
    })
  })

  it.each([
    ['a profile that is unknown', 'chrome', 'E_VALUE 5:10'],
    ['a list', '[a]', 'E_VALUE 5:10'],
    ['a name with a blank', '{ "a b": c }', 'E_VALUE 5:12'],
    ['a name with a line break', '{ "a\\r\\nb": c }', 'E_VALUE 5:12'],
    ['an empty name', '{ "": c }', 'E_VALUE 5:12'],
    ['a value with a line break', '{ a: "b\\r\\nc: d" }', 'E_VALUE 5:15'],
    ['a value with a lone line feed', '{ a: "b\\nc" }', 'E_VALUE 5:15'],
    ['a value with a zero', '{ a: "b\\0c" }', 'E_VALUE 5:15'],
    ['a value beyond ASCII', '{ a: "ä" }', 'E_VALUE 5:15'],
    ['a value that is a list', '{ a: [b] }', 'E_TYPE 5:15'],
    ['a header of the connection', '{ Host: example.org }', 'E_VALUE 5:12'],
    ['a header of the framing', '{ transfer-ENCODING: chunked }', 'E_VALUE 5:12'],
    ['a header of WebSocket', '{ Sec-WebSocket-Key: x }', 'E_VALUE 5:12'],
    ['a header twice', '{ A: b, a: c }', 'E_VALUE 5:18'],
    ['over 50', `{ ${Array.from({ length: 51 }, (_, index) => `h${index}: x`).join(', ')} }`, 'E_RANGE 5:10'],
    ['over 8 KiB', `{ a: "${'x'.repeat(8_190)}" }`, 'E_RANGE 5:10'],
  ])('are refused: %s', async (_, headers, place) => {
    expect(await placesOf(scenarioText({ headers }))).toEqual([place])
  })
})
