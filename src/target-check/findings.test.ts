import { expect, test } from 'vitest'
import { jsonCodec } from '../feed/codec.js'
import { messageFindings, type Seen } from './findings.js'

const text = (seq: number | string, rest = ',"t":1000000,"p":1000000,"data":1') =>
  Buffer.from(`{"seq":${JSON.stringify(seq)}${rest}}`)
const seen = (seqs: (number | string)[], parts: Partial<Seen> = {}): Seen => ({
  received: seqs.map((seq) => ({ text: text(seq), receivedUs: 1_005_000 })),
  published: [1, 2, 3],
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
