import { expect, test } from 'vitest'
import { NamedEventParser } from './named-event-parser.js'

function parse(names: string[] | null, ...chunks: string[]): { messages: string[]; ids: string[] } {
  const messages: string[] = []
  const ids: string[] = []
  const parser = new NamedEventParser(
    names,
    (data) => messages.push(data.toString()),
    (id) => ids.push(id),
  )
  for (const chunk of chunks) parser.push(Buffer.from(chunk))
  return { messages, ids }
}

const STREAM =
  'retry: 1\n\n: comment\n\nid: a-1\ndata: one\n\nevent: ping\ndata: no\n\nevent: tick\r\nid:2\r\ndata:two\r\ndata: lines\r\n\r\ndata\n\n'

test('events without a name are messages, others where their names are given', () => {
  expect(parse(null, STREAM)).toEqual({ messages: ['one', ''], ids: ['a-1', '2'] })
  expect(parse(['tick'], STREAM).messages).toEqual(['two\nlines'])
  expect(parse(['tick', 'message'], STREAM).messages).toEqual(['one', 'two\nlines', ''])
})

test('it does not matter where the bytes are cut', () => {
  expect(parse(['tick'], ...STREAM)).toEqual(parse(['tick'], STREAM))
})

test('an event without an end is refused', () => {
  const parser = new NamedEventParser(
    null,
    () => {},
    () => {},
  )
  const line = Buffer.from(`data: ${'x'.repeat(1 << 20)}\n`)
  parser.push(line)
  expect(() => parser.push(line)).toThrow(/at most 2097152 bytes/)
})
