import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogEntry } from '../feed/log.js'
import { readPoll, sendMessages } from './poll-response.js'

/** What `sendMessages` makes of messages, without a socket. */
function bodyOf(texts: readonly string[], next: number): Buffer {
  const bodies: Buffer[] = []
  const response = { writeHead: () => {}, end: (bytes: Buffer) => bodies.push(bytes) } as unknown as ServerResponse
  sendMessages(
    response,
    texts.map((text, index): LogEntry => ({ position: index + 1, text: Buffer.from(text) })),
    next,
  )
  return Buffer.concat(bodies)
}

const message = fc.record({ seq: fc.nat(), data: fc.jsonValue() }).map((value) => JSON.stringify(value))

test('what is sent is JSON, and is read back byte for byte', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), fc.maxSafeNat(), (texts, next) => {
      const body = bodyOf(texts, next)
      expect(JSON.parse(body.toString())).toEqual({ messages: texts.map((text): unknown => JSON.parse(text)), next })
      const read = readPoll(200, body)
      expect(read.messages.map(String)).toEqual(texts)
      expect([read.next, read.full]).toEqual([next, false])
    }),
  )
})

test('nothing is 204, and keeps the cursor', () => {
  expect(readPoll(204, Buffer.alloc(0))).toEqual({ messages: [], next: null, full: false })
})

test('1,000 messages are full, 999 are not', () => {
  const texts = Array(1_000).fill('{"seq":1}') as string[]
  expect(readPoll(200, bodyOf(texts, 1)).full).toBe(true)
  expect(readPoll(200, bodyOf(texts.slice(1), 1)).full).toBe(false)
})

test('so much that another message of that length would not have fitted is full', () => {
  const text = `{"seq":1,"data":"${'x'.repeat(100_000)}"}`
  expect(readPoll(200, bodyOf(Array(10).fill(text) as string[], 1)).full).toBe(true)
  expect(readPoll(200, bodyOf(Array(9).fill(text) as string[], 1)).full).toBe(false)
})

test.each([100, 201, 301, 400, 404, 500, 503])('status %i is refused', (status) => {
  expect(() => readPoll(status, bodyOf([], 1))).toThrow(`got ${status}`)
})

test.each([
  '',
  '{}',
  'null',
  '[]',
  '{"messages":[]}',
  '{"messages":[],"next":}',
  '{"messages":[],"next":-1}',
  '{"messages":[],"next":1.5}',
  '{"messages":[],"next":"1"}',
  '{"messages":[],"next":1}x',
  '{"messages":[],"next":12345678901234567}',
  '{"messages":[{"seq":1],"next":1}',
  '{"messages":[{"seq":1}',
  '{"messages":[1],"next":1}',
  '{"messages":[{"a":"}],"next":1}',
  '<html>',
])('%j is refused', (text) => {
  expect(() => readPoll(200, Buffer.from(text))).toThrow('expected {"messages":[…],"next":…}')
})

test('a body with any byte changed or missing is read or refused, and never anything else', () => {
  const body = bodyOf(['{"seq":1,"data":"a\\"}]"}', '{"seq":2,"data":{"b":[{}]}}'], 2)
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.nat(255), fc.nat(body.length), (at, byte, length) => {
      const changed = Buffer.from(body.subarray(0, Math.max(length, 1)))
      changed[at % changed.length] = byte
      try {
        const { messages, next } = readPoll(200, changed)
        expect(messages.every(({ length: bytes }) => bytes > 1)).toBe(true)
        expect(Number.isSafeInteger(next)).toBe(true)
      } catch (error) {
        expect(String(error)).toContain('expected {"messages":[…],"next":…}')
      }
    }),
    { numRuns: 1_000 },
  )
})

test('the cursor is read where the whole tail is as it must be, and only there', () => {
  const pieces = fc.constantFrom(
    ']',
    ',',
    '"next"',
    ':',
    '],"next":',
    '0',
    '7',
    '9007199254740991',
    '9007199254740992',
    '-',
    ' ',
    'x',
    '}',
  )
  const tails = fc.oneof(
    fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join('')),
    fc.array(pieces, { maxLength: 3 }).map((parts) => `],"next":${parts.join('')}}`),
  )
  fc.assert(
    fc.property(tails, (tail) => {
      const expected = Number(/^\],"next":(\d{1,16})\}$/.exec(tail)?.[1])
      const read = () => readPoll(200, Buffer.from(`{"messages":[${tail}`)).next
      if (Number.isSafeInteger(expected)) expect(read()).toBe(expected)
      else expect(read).toThrow('expected {"messages":[…],"next":…}')
    }),
    { numRuns: 2_000 },
  )
})
