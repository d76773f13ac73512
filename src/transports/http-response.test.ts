import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAt } from '../testing/scripted-server.js'
import { BadResponse } from './http-head.js'
import { ResponseReader } from './http-response.js'

/** What is told of these bytes: heads, whole bodies and ends; and the error that ended it. */
function read(chunks: readonly (Buffer | string)[], endsAfter = false): string[] {
  const told: string[] = []
  let body = ''
  const reader = new ResponseReader({
    onHead: (status) => told.push(`${status}`),
    onBody: (bytes) => {
      body += bytes.toString('latin1')
    },
    onEnd(isLast) {
      told.push(JSON.stringify(body), isLast ? 'last' : 'end')
      body = ''
    },
  })
  try {
    for (const chunk of chunks) reader.push(Buffer.from(chunk as string, 'latin1'))
    if (endsAfter) reader.end()
  } catch (error) {
    if (!(error instanceof BadResponse)) throw error
    told.push(error.message)
  }
  return told
}

const OK = 'HTTP/1.1 200 OK\r\n'
const GOOD: [what: string, bytes: string, endsAfter: boolean, told: string[]][] = [
  ['a length', `${OK}Content-Length: 5\r\n\r\nhello`, false, ['200', '"hello"', 'end']],
  ['no body', `${OK}content-length:0\r\n\r\n`, false, ['200', '""', 'end']],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', false, ['204', '""', 'end']],
  ['304 with the length of what it does not bring', 'HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n', false, ['304', '""', 'end']],
  [
    'chunks',
    `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n`,
    false,
    ['200', '"abc0123456789"', 'end'],
  ],
  [
    'chunks and trailers',
    `${OK}Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\nZ: 1\r\n\r\n`,
    false,
    ['200', '"a"', 'end'],
  ],
  ['the end of the connection', `${OK}\r\nall of it`, true, ['200', '"all of it"', 'last']],
  [
    'interim responses',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
    false,
    ['200', '"a"', 'end'],
  ],
  ['Connection: close', `${OK}Connection: foo, Close\r\nContent-Length: 1\r\n\r\na`, false, ['200', '"a"', 'last']],
  ['an old version', 'HTTP/1.0 404 Not Found\r\nContent-Length: 1\r\n\r\na', false, ['404', '"a"', 'last']],
  ['no reason phrase', 'HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n', false, ['503', '""', 'end']],
  ['bytes above 127 in a field', `${OK}X: \xe4\xff\r\nContent-Length: 1\r\n\r\na`, false, ['200', '"a"', 'end']],
]

describe('a response with', () => {
  it.each(GOOD)('%s is read', (_, bytes, endsAfter, told) => {
    expect(read([bytes], endsAfter)).toEqual(told)
  })

  it.each(GOOD)('%s is read wherever it is cut', (_, bytes, endsAfter, told) => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (places) => {
        expect(read(cutAt(Buffer.from(bytes, 'latin1'), places), endsAfter)).toEqual(told)
      }),
    )
    expect(read([...bytes], endsAfter)).toEqual(told)
  })

  it.each(GOOD)('%s is an error when it ends before its end, at every byte', (_, bytes, endsAfter) => {
    const bodyStart = bytes.lastIndexOf('\r\n\r\n') + 4
    for (let length = 1; length < (endsAfter ? bodyStart : bytes.length); length++) {
      expect(read([bytes.slice(0, length)], true).at(-1), `${length} bytes`).toMatch(/^expected /)
    }
  })
})

it('heads of one length in bytes are told apart, whichever came before', () => {
  const digit = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(fc.array(fc.tuple(digit, fc.constantFrom(200, 404, 503), fc.boolean()), { maxLength: 20 }), (answers) => {
      for (const [length, status, isLast] of answers) {
        const body = 'b'.repeat(length)
        const bytes = `HTTP/1.1 ${status} x\r\nConnection: ${isLast ? 'close' : 'other'}\r\nContent-Length: ${length}\r\n\r\n${body}`
        expect(read([bytes])).toEqual([`${status}`, JSON.stringify(body), isLast ? 'last' : 'end'])
      }
    }),
  )
})

const BAD: [what: string, bytes: string][] = [
  ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['a version to come', 'HTTP/2 200 OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 999 OK\r\n\r\n'],
  ['a lone line feed', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n'],
  ['a folded field', `${OK}X: a\r\n b\r\n\r\n`],
  ['a space before the colon', `${OK}Content-Length : 0\r\n\r\n`],
  ['a field without a name', `${OK}: a\r\n\r\n`],
  ['a zero byte', `${OK}X: a\0b\r\n\r\n`],
  ['a lone carriage return', `${OK}X: a\rb\r\n\r\n`],
  ['a length and chunks', `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc`],
  ['two lengths', `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`],
  ['a negative length', `${OK}Content-Length: -3\r\n\r\nabc`],
  ['a length beyond all numbers', `${OK}Content-Length: 99999999999999999999\r\n\r\nabc`],
  ['a length in words', `${OK}Content-Length: three\r\n\r\nabc`],
  ['a coding that was not asked for', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\nabc`],
  ['chunks in an old version', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a chunk of negative length', `${OK}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
  ['a chunk of 4 GiB', `${OK}Transfer-Encoding: chunked\r\n\r\n100000000\r\n`],
  ['a chunk longer than it says', `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`],
  ['a chunk that ends with a line feed', `${OK}Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n`],
  ['more than it says', `${OK}Content-Length: 1\r\n\r\nab`],
  ['a second response', `${OK}Content-Length: 1\r\n\r\na${OK}Content-Length: 1\r\n\r\nb`],
  ['a switch to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\n\r\n'],
  ['interim responses without an end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)],
  ['a head without an end', `${OK}${'X-A: b\r\n'.repeat(3_000)}`],
  ['one field without an end', `${OK}X: ${'b'.repeat(20_000)}`],
  ['trailers without an end', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'X: y\r\n'.repeat(2_000)}`],
  ["a chunk's line without an end", `${OK}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(10_000)}`],
]

describe('what is refused:', () => {
  it.each(BAD)('%s', (_, bytes) => {
    expect(read([bytes]).at(-1)).toMatch(/^expected /)
    expect(read(bytes.match(/[\s\S]{1,7}/g) ?? []).at(-1)).toMatch(/^expected /)
  })

  it('nothing else is thrown, whatever comes', () => {
    const pieces = fc.constantFrom(
      OK,
      '\r\n',
      '\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '3\r\n',
      'abc',
      '0\r\n\r\n',
      'HTTP/1.1 100 x\r\n\r\n',
    )
    const bytes = fc
      .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ maxLength: 5 })), { maxLength: 12 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(bytes, fc.boolean(), (text, endsAfter) => {
        const told = read([text], endsAfter)
        expect(
          read([...text], endsAfter)
            .at(-1)
            ?.startsWith('expected') ?? false,
        ).toBe(told.at(-1)?.startsWith('expected') ?? false)
      }),
      { numRuns: 2_000 },
    )
  })
})
