import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAt } from '../../testing/scripted-server.js'
import { SseParser } from './parser.js'

interface Event {
  data: string
  id: string | null
}

function parse(parts: readonly Buffer[]): Event[] {
  const events: Event[] = []
  const parser = new SseParser((data, id) => events.push({ data: data.toString(), id }))
  for (const part of parts) parser.push(part)
  return events
}

/** The independent parser remembers no id from one event to the next, so ids are carried on here as the standard has it. */
function oracle(text: string): Event[] {
  const events: Event[] = []
  const parser = createParser({ onEvent: ({ data, id }) => events.push({ data, id: id ?? null }) })
  parser.feed(text)
  return events
}

const ends = fc.constantFrom('\n', '\r\n')
const value = fc
  .array(fc.constantFrom('a', ' ', ':', '漢', '😀', '\t', '{"seq":1}', '\u2028', '\\n'), { maxLength: 5 })
  .map((parts) => parts.join(''))
const field = fc.oneof(
  { weight: 4, arbitrary: value.map((text) => `data:${text}`) },
  value.map((text) => `data: ${text}`),
  fc.constantFrom('data', ':', ': comment', 'retry: 10', 'unknown: x', 'data : x', ' data: x', 'Data: x', 'datax: 1'),
)
const event = fc.tuple(fc.array(field, { maxLength: 4 }), ends, fc.boolean()).map(([fields, end, isWhole]) => {
  return fields.map((line) => line + end).join('') + (isWhole ? end : '')
})
const stream = fc.array(event, { maxLength: 6 }).map((events) => events.join(''))

test('events are those that eventsource-parser finds, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(300), { maxLength: 40 }), (text, places) => {
      expect(parse(cutAt(Buffer.from(text), places))).toEqual(oracle(text))
    }),
    { numRuns: 400 },
  )
})

test('an id is told with its event', () => {
  const text = 'id: 7\ndata: a\n\nid:8\r\ndata: b\r\n\r\n'
  expect(parse([Buffer.from(text)])).toEqual(oracle(text))
})

test('an id stays until another comes, and one with a zero byte is passed over', () => {
  const events = parse([Buffer.from('id: 7\ndata: a\n\ndata: b\n\nid: 1\u00002\ndata: c\n\nid\ndata: d\n\n')])
  expect(events.map(({ id }) => id)).toEqual(['7', '7', '7', ''])
})

test('an event without an end is not told', () => {
  expect(parse([Buffer.from('data: a\n')])).toEqual([])
})

test('data without an end is refused before it fills the memory', () => {
  const parser = new SseParser(() => {})
  const push = () => parser.push(Buffer.from(`data: ${'x'.repeat(1_000_000)}\n`))
  push()
  push()
  expect(push).toThrow('expected events of at most 2097152 bytes')
})

test('comments without an end cost nothing', () => {
  const parser = new SseParser(() => {})
  for (let count = 0; count < 5; count++) parser.push(Buffer.from(`: ${'x'.repeat(1_000_000)}\n`))
})
