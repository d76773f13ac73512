import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildFeed, buildTraceFeed } from '../testing/feeds.js'
import { jsonCodec } from './codec.js'
import { createSource, createTopics } from './source.js'

/** As many digits as a number may have, each as likely as the others. */
const anyDigits = fc.integer({ min: 1, max: 16 }).chain((digits) => {
  const max = Math.min(10 ** digits - 1, Number.MAX_SAFE_INTEGER)
  return fc.integer({ min: 10 ** (digits - 1), max })
})

describe('a padded message', () => {
  it('has the same length whatever its number and the uptime of the machine', () => {
    const sizes = [96, 97, 200, 1_024, 65_536, 70_000].map((payloadBytes) => ({
      payloadBytes,
      source: createSource(buildFeed({ payloadBytes }), null),
    }))
    fc.assert(
      fc.property(
        fc.constantFrom(...sizes),
        anyDigits,
        anyDigits,
        anyDigits,
        ({ payloadBytes, source }, position, intendedUs, publishedUs) => {
          const text = jsonCodec.encode(source.message(position, intendedUs, publishedUs))
          expect(text.length).toBe(payloadBytes)
          expect(JSON.parse(text.toString())).toMatchObject({ seq: position, t: intendedUs, p: publishedUs })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('may be of 1 MiB', () => {
    const source = createSource(buildFeed({ payloadBytes: 2 ** 20 }), null)
    for (const position of [1, 9, 65_535, Number.MAX_SAFE_INTEGER]) {
      expect(jsonCodec.encode(source.message(position, 12_345, 67_890)).length).toBe(2 ** 20)
    }
  })

  it('follows from the seed, and differs from the one before', () => {
    const data = (seed: number, position: number) => createSource(buildFeed({ seed }), null).message(position, 1, 2).data
    expect(data(5, 1)).toBe(data(5, 1))
    expect(data(5, 1)).not.toBe(data(6, 1))
    expect(data(5, 1)).not.toBe(data(5, 2))
  })

  it('is refused where its head alone is longer', () => {
    const source = createSource(buildFeed({ payloadBytes: 30 }), null)
    expect(() => source.message(1, 1e15, 1e15)).toThrow('a message of 30 bytes has no room for its head')
  })
})

describe('a replayed message', () => {
  const { feed, trace } = buildTraceFeed([0, 10, 20], { topics: ['a', 'b'], loop: true })

  it('says what the trace says, lap after lap', () => {
    const source = createSource(feed, trace)
    const heads = [1, 2, 3, 4, 5].map((position) => source.message(position, position, position + 1))
    expect(heads.map(({ topic, seq, data }) => `${topic} ${seq} ${data}`)).toEqual([
      'a 1 {"price":0}',
      'b 1 {"price":1}',
      'a 2 {"price":2}',
      'a 3 {"price":0}',
      'b 2 {"price":1}',
    ])
    expect(heads[4]).toMatchObject({ intendedUs: 5, publishedUs: 6 })
  })

  it('needs its trace', () => {
    expect(() => createSource(feed, null)).toThrow('without its trace')
  })
})

describe('topics', () => {
  it.each<[string, string[]]>([
    ['none', ['']],
    ['one', ['a']],
  ])('are not named where there is only one: %s', (_, names) => {
    const { feed, trace } = buildTraceFeed([0, 10], { topics: names })
    const topics = createTopics(feed, trace)
    expect(topics.at(17)).toEqual({ topic: null, seq: 17 })
    expect(topics.position(null, 17)).toBe(17)
  })

  it('number their messages without gaps, and a number leads back to its position, lap after lap', () => {
    const anyTopics = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(anyTopics, (topicOf) => {
        const names = ['a', 'b', 'c', 'd', 'e']
        const { feed, trace } = buildTraceFeed(
          topicOf.map((_, index) => index),
          { topics: names, loop: true },
        )
        const topics = createTopics(feed, { ...trace, topics: topicOf })
        const newest = new Map<string | null, number>()
        for (let position = 1; position <= 3 * topicOf.length; position++) {
          const { topic, seq } = topics.at(position)
          expect(seq).toBe((newest.get(topic) ?? 0) + 1)
          newest.set(topic, seq)
          expect(topics.position(topic, seq)).toBe(position)
        }
      }),
    )
  })

  it.each<[string, string | null, number]>([
    ['another name', 'z', 1],
    ['no name', null, 1],
    ['a number below 1', 'a', 0],
    ['a topic of which there is no message', 'unused', 1],
    ['a name that objects have', 'constructor', 1],
  ])('know no message of %s', (_, topic, seq) => {
    const { feed, trace } = buildTraceFeed([0, 10], { topics: ['a', 'b', 'unused'] })
    expect(createTopics(feed, trace).position(topic, seq)).toBeUndefined()
  })
})
