import { describe, expect, test } from 'vitest'
import { jsonCodec } from '../feed/codec.js'
import { createTopics } from '../feed/source.js'
import { buildFeed, buildTraceFeed } from '../testing/feeds.js'
import { Arrivals } from './arrivals.js'
import { messageFindings, type Seen } from './findings.js'

const text = (seq: number | string, rest = ',"t":1000000,"p":1000000,"data":1') =>
  Buffer.from(`{"seq":${JSON.stringify(seq)}${rest}}`)
const seen = (seqs: (number | string)[], parts: Partial<Seen> = {}): Seen => ({
  received: seqs.map((seq) => ({ text: text(seq), receivedUs: 1_005_000 })),
  published: [1, 2, 3],
  topics: createTopics(buildFeed(), null),
  receivedBytes: 10_000,
  errors: [],
  ...parts,
})
const statuses = (of: Seen) => Object.fromEntries(messageFindings(of, jsonCodec).map(({ check, status }) => [check, status]))

const ALL_MET = { messages: 'met', seq: 'met', complete: 'met', order: 'met', once: 'met', time: 'met', bytes: 'met' }

test.each<[string, Seen, Record<string, string>]>([
  ['does all that', seen([1, 2, 3]), {}],
  ['loses a message', seen([1, 3]), { complete: 'missing' }],
  ['sends one again', seen([1, 2, 2, 3]), { once: 'missing' }],
  ['lets one overtake', seen([1, 3, 2]), { order: 'note' }],
  ['sends something else too', seen([1, 2, 3, 'x']), { seq: 'missing' }],
  ['compresses', seen([1, 2, 3], { receivedBytes: 10 }), { bytes: 'note' }],
  ['publishes by itself', seen([5, 6, 7], { published: null }), {}],
  ['leaves out a number', seen([5, 7], { published: null }), { complete: 'missing' }],
  ['has no time', seen([], { published: null, received: [{ text: text(1, ''), receivedUs: 0 }] }), { time: 'note' }],
  [
    'has its time in another unit',
    seen([], { published: null, received: [{ text: text(1), receivedUs: 1e12 }] }),
    { time: 'missing' },
  ],
])('a server that %s', (_, of, expected) => {
  expect(statuses(of)).toEqual({ ...ALL_MET, ...expected })
})

test('of a server that sends nothing the rest is not known, and its error is told', () => {
  const [first, ...others] = messageFindings(seen([], { errors: ['expected status 200, got 404'] }), jsonCodec)
  expect(first).toMatchObject({ check: 'messages', status: 'missing', detail: expect.stringContaining('got 404') })
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['unknown']))
})

describe('of a feed with two topics, whose seqs are each counted from 1', () => {
  const { feed, trace } = buildTraceFeed([0, 1, 2, 3], { topics: ['bid', 'ask'] })
  const topics = createTopics(feed, trace)
  const message = (topic: string, seq: number) => ({
    text: Buffer.from(JSON.stringify({ topic, seq, t: 1, p: 1, data: 1 })),
    receivedUs: 2,
  })
  const complete = (received: Seen['received']) =>
    messageFindings(seen([], { received, published: [1, 2, 3, 4], topics }), jsonCodec).find(({ check }) => check === 'complete')

  test('all have to come', () => {
    const all = [message('bid', 1), message('ask', 1), message('bid', 2), message('ask', 2)]
    expect(complete(all)).toMatchObject({ status: 'met', detail: 'all 4' })
    const oneTopic = all.filter((_, index) => index % 2 === 0)
    expect(complete(oneTopic)).toMatchObject({
      status: 'missing',
      detail: '2 of 4 did not come, such as 1 of the topic "ask"',
      hint: expect.stringContaining('hand on everything'),
    })
  })

  test('and to say of which they are', () => {
    const bare = [1, 1, 2, 2].map((seq) => ({ text: text(seq), receivedUs: 2 }))
    expect(complete(bare)).toMatchObject({ status: 'missing', hint: expect.stringContaining('target.message.topic') })
  })
})

test('what is waited for is what was published, however many old messages come', () => {
  const received: { text: Buffer; receivedUs: number }[] = []
  const arrivals = new Arrivals({ received }, jsonCodec, createTopics(buildFeed(), null))
  const arrive = (seq: number | string) => received.push({ text: text(seq), receivedUs: 0 })
  for (const seq of [1, 2, 3]) arrive(seq)
  expect([arrivals.hasAll([4, 5], 2), arrivals.hasAll(null, 3), arrivals.hasAll(null, 4)]).toEqual([false, true, false])
  for (const seq of [5, 'x', 4]) arrive(seq)
  expect([arrivals.hasAll([4, 5], 2), arrivals.positions()]).toEqual([true, [1, 2, 3, 5, 0, 4]])
})
