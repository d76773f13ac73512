import { describe, expect, it } from 'vitest'
import { buildFeed } from '../testing/feeds.js'
import { type Codec, jsonCodec } from './codec.js'
import { rehearse } from './rehearsal.js'
import { createSchedule } from './schedule.js'
import { createSource } from './source.js'

/** Of a feed, what is made to compile how it is made: how many messages, of how many bytes. */
function rehearsed(feed: ReturnType<typeof buildFeed>): { messages: number; bytes: number } {
  const made = { messages: 0, bytes: 0 }
  const codec: Codec = {
    ...jsonCodec,
    encode(message) {
      const text = jsonCodec.encode(message)
      made.messages++
      made.bytes += text.length
      return text
    },
  }
  rehearse(createSchedule(feed, null), createSource(feed, null), codec)
  return made
}

describe('the rehearsal of a feed', () => {
  it('makes as many messages as V8 needs to compile what makes them', () => {
    expect(rehearsed(buildFeed({ payloadBytes: 200 }))).toEqual({ messages: 3_000, bytes: 600_000 })
  })

  it('makes few large ones', () => {
    const { messages, bytes } = rehearsed(buildFeed({ payloadBytes: 1 << 20 }))
    expect([messages, bytes]).toEqual([8, 8 << 20])
  })

  it('ends with a feed that ends', () => {
    const schedule = { ...createSchedule(buildFeed(), null), offsetUs: (at: number) => (at > 5 ? Number.POSITIVE_INFINITY : at) }
    let messages = 0
    const codec = { ...jsonCodec, encode: () => Buffer.from(String(++messages)) }
    rehearse(schedule, createSource(buildFeed(), null), codec)
    expect(messages).toBe(5)
  })
})
