import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAt } from '../../testing/scripted-server.js'
import { SseParser } from './parser.js'

function parse(parts: readonly Buffer[]): string[] {
  const events: string[] = []
  const parser = new SseParser((data) => events.push(data.toString()))
  for (const part of parts) parser.push(part)
  return events
}

function oracle(text: string): string[] {
  const events: string[] = []
  const parser = createParser({ onEvent: ({ data }) => events.push(data) })
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
  fc.constantFrom(
    'data',
    'id: 7',
    'id:8',
    'id',
    'idx: 1',
    'i',
    `id: ${'9'.repeat(40)}`,
    `id: ${'9'.repeat(27)}data: x`,
    `id: ${'9'.repeat(28)}data: x`,
    `id: ${'9'.repeat(29)}data: x`,
    ':',
    ': comment',
    'retry: 10',
    'unknown: x',
    'data : x',
    ' data: x',
    'Data: x',
    'datax: 1',
  ),
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
    { numRuns: 1_500 },
  )
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
