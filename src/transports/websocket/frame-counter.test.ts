import fc from 'fast-check'
import { expect, it } from 'vitest'
import { textFrame } from './frame.js'
import { FrameCounter } from './frame-counter.js'

const PING = Buffer.from([0x89, 2, 1, 2])
const FIRST_HALF = Buffer.from([0x01, 3, 97, 98, 99])
const SECOND_HALF = Buffer.from([0x80, 1, 100])

const frames = fc.array(
  fc.oneof(
    fc
      .constantFrom(0, 1, 125, 126, 300, 65_535, 65_536)
      .map((length) => ({ bytes: textFrame(Buffer.alloc(length)), messages: 1 })),
    fc.constant({ bytes: PING, messages: 0 }),
    fc.constant({ bytes: Buffer.concat([FIRST_HALF, PING, SECOND_HALF]), messages: 1 }),
  ),
  { maxLength: 6 },
)

it('counts the messages that end in each chunk, wherever the chunks are cut', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 8 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map((frame) => frame.bytes))
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
      const counter = new FrameCounter()
      const counted = places.slice(1).reduce((sum, place, index) => sum + counter.push(bytes.subarray(places[index], place)), 0)
      expect(counted).toBe(sent.reduce((sum, { messages }) => sum + messages, 0))
    }),
    { numRuns: 200 },
  )
})

it('counts a message with the chunk that has its last byte', () => {
  const frame = textFrame(Buffer.alloc(10))
  const counter = new FrameCounter()
  expect(counter.push(frame.subarray(0, 11))).toBe(0)
  expect(counter.push(frame.subarray(11))).toBe(1)
})
