import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonCodec, type MessageHead, NotAMessage, nextObject } from './codec.js'

const text = (json: string) => Buffer.from(json)
const anyMessage = fc.record({
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  intendedUs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  publishedUs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  topic: fc.option(fc.string({ unit: 'grapheme' })),
  data: fc.json(),
})

/** What a head must be by what the whole text says. */
function headByParser(json: string): MessageHead {
  const { seq, t, p, topic } = JSON.parse(json) as Record<string, unknown>
  const head: MessageHead = { seq: seq as number, topic: typeof topic === 'string' ? topic : null }
  if (typeof t === 'number') head.intendedUs = t
  if (typeof p === 'number') head.publishedUs = p
  return head
}

describe('a message', () => {
  it('is JSON with its members in the order of the contract', () => {
    const message = { seq: 7, intendedUs: 1_000, publishedUs: 1_250, data: '{"price":1}' }
    expect(jsonCodec.encode({ ...message, topic: null }).toString()).toBe('{"seq":7,"t":1000,"p":1250,"data":{"price":1}}')
    expect(jsonCodec.encode({ ...message, topic: 'XBT/USD' }).toString()).toBe(
      '{"seq":7,"t":1000,"p":1250,"topic":"XBT/USD","data":{"price":1}}',
    )
  })

  it('says after encoding what it said before', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const { seq, intendedUs, publishedUs, topic } = message
        const encoded = jsonCodec.encode(message)
        expect(jsonCodec.readHead(encoded)).toEqual({ seq, intendedUs, publishedUs, topic })
        expect(JSON.parse(encoded.toString())).toMatchObject({ seq, data: JSON.parse(message.data) as unknown })
      }),
    )
  })

  it('is read from the middle of other bytes', () => {
    const whole = Buffer.from('xx{"seq":3,"t":1,"p":2,"topic":"é","data":0}xx')
    expect(jsonCodec.readHead(whole.subarray(2, -2))).toEqual({ seq: 3, intendedUs: 1, publishedUs: 2, topic: 'é' })
  })

  it.each([
    '{"seq":12}',
    '{"data":{"seq":5},"seq":12}',
    '{"t":1,"seq":12,"data":null,"p":2}',
    '{"seq":12,"p":2,"t":1,"data":0}',
    ' { "seq" : 12 , "t" : 1 , "p" : 2 , "topic" : "a" , "data" : 0 }\n',
    '{"seq":12,"t":1,"p":2, "topic":"a","data":0}',
    '{"seq":12,"t":1,"p":2,"topic":"a", "data":0}',
    '{"seq":12,"t":1,"p":2,"extra":true,"topic":"a","data":0}',
    '{"seq":12,"t":1,"p":2,"topic":"\\"a\\u0062","data":0}',
    '{"seq":12,"t":1,"p":2,"topic":7,"data":0}',
    '{"seq":12,"t":1,"p":2}',
    '{"seq":12,"t":1,"p":2.75,"data":0}',
    '{"seq":12,"t":1,"p":2e6,"data":0}',
    '{"seq":12,"t":1,"p":-2,"data":0}',
    '{"seq":12,"t":1,"p":null,"data":0}',
    '{"seq":12,"t":1,"p":"2","data":0}',
    '{"seq":12,"t":1,"p":1234567890123456,"data":0}',
    '{"seq":12,"t":1.5,"p":2,"data":0}',
    '{"seq":12,"t":null,"p":2,"data":0}',
    '{"seq":12e1,"t":1,"p":2,"data":0}',
    '{"seq":9007199254740991,"t":1,"p":2,"data":0}',
  ])('of other people, in another order or form, is read as JSON: %s', (json) => {
    expect(jsonCodec.readHead(text(json))).toEqual(headByParser(json))
  })

  it.each([
    ['nothing', ''],
    ['a number', '12'],
    ['null', 'null'],
    ['a list', '[{"seq":1}]'],
    ['no seq', '{"t":1,"p":2,"data":0}'],
    ['seq as a text', '{"seq":"1"}'],
    ['a fraction of a seq', '{"seq":1.5}'],
    ['a seq beyond the safe integers', '{"seq":9007199254740993}'],
    ['half of a message', '{"seq":1,"t":2,"p"'],
    ['half of a topic', '{"seq":1,"t":2,"p":3,"topic":"a'],
    ['a comment line', ': ping'],
  ])('is refused: %s', (_, json) => {
    expect(() => jsonCodec.readHead(text(json))).toThrow(NotAMessage)
  })

  it('is quoted in part where it is refused', () => {
    expect(() => jsonCodec.readHead(text('x'.repeat(10_000)))).toThrow(/^expected a message \{"seq":…\}, got "x{80}"$/)
  })
})

describe('bytes that are no message', () => {
  const pieces = fc.constantFrom(
    '{"seq":',
    ',"t":',
    ',"p":',
    ',"topic":"',
    '","data":',
    '1',
    '{',
    '}',
    '"',
    '\\',
    '\0',
    'é',
    '1'.repeat(20),
  )
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.array(pieces, { maxLength: 20 }).map((parts) => Buffer.from(parts.join(''))),
  )

  it('are a head with a number, or refused, and break nothing', () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        try {
          expect(Number.isSafeInteger(jsonCodec.readHead(bytes).seq)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(NotAMessage)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('hold an object from its first brace to its last, or none', () => {
    fc.assert(
      fc.property(hostile, fc.nat(50), (bytes, at) => {
        const found = nextObject(bytes, at, bytes.length)
        if (found === undefined) return
        expect(found.start).toBeGreaterThanOrEqual(at)
        expect(found.end).toBeLessThanOrEqual(bytes.length)
        expect([bytes[found.start], bytes[found.end - 1]]).toEqual([0x7b, 0x7d])
      }),
      { numRuns: 500 },
    )
  })
})

describe('objects one after another', () => {
  const objects = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 8 })

  it('are told apart, whatever their strings hold', () => {
    fc.assert(
      fc.property(objects, (values) => {
        const texts = values.map((value) => JSON.stringify(value))
        const bytes = Buffer.from(texts.join(','))
        const found: string[] = []
        for (let at = 0; ; ) {
          const object = nextObject(bytes, at, bytes.length)
          if (object === undefined) break
          found.push(bytes.toString('utf8', object.start, object.end))
          at = object.end
        }
        expect(found).toEqual(texts)
      }),
    )
  })

  it.each([
    ['braces in strings', '{"a":"}{"}'],
    ['escaped quotes', '{"a":"\\"}"}'],
    ['an escaped backslash before the end of a string', '{"a":"\\\\"}'],
    ['characters of several bytes', '{"a":"}é{日本語😀"}'],
    ['objects in objects', '{"a":{"b":[{}]}}'],
  ])('end where they end: %s', (_, json) => {
    const bytes = Buffer.from(`,${json}]}`)
    expect(nextObject(bytes, 0, bytes.length)).toEqual({ start: 1, end: 1 + Buffer.byteLength(json) })
  })

  it('are not there before their last byte is', () => {
    const bytes = Buffer.from('{"a":{"b":"\\"}"}}')
    for (let limit = 0; limit < bytes.length; limit++) expect(nextObject(bytes, 0, limit)).toBeUndefined()
    expect(nextObject(bytes, 0, bytes.length)).toEqual({ start: 0, end: bytes.length })
  })
})
