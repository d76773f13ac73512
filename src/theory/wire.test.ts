import { expect, test } from 'vitest'
import { chunk } from '../transports/http-stream.js'
import { textFrame } from '../transports/websocket/frame.js'
import { chunkBytes, deflateMemoryBytes, meanByDigits, sseEventBytes, streamedLineBytes, webSocketFrameBytes } from './wire.js'

test('frames, chunks and events to the byte', () => {
  expect([125, 126, 65_535, 65_536].map((bytes) => webSocketFrameBytes(bytes) - bytes)).toEqual([2, 4, 4, 10])
  expect(webSocketFrameBytes(100, true)).toBe(106)
  expect(sseEventBytes(100)).toBe(114)
  expect(sseEventBytes(100, 123_456)).toBe(125)
  expect(streamedLineBytes(200)).toBe(207)
  // aquil.io's event of 39 bytes.
  for (const bytes of [0, 14, 15, 254, 255, 70_000]) {
    expect(webSocketFrameBytes(bytes)).toBe(textFrame(Buffer.alloc(bytes)).length)
    expect(chunkBytes(bytes)).toBe(chunk(Buffer.alloc(bytes)).length)
  }
})

test("zlib's memory per connection and direction", () => {
  expect(deflateMemoryBytes({ windowBits: 15, memLevel: 8 })).toBe(262_144)
})

test('a mean over numbers that depends on their digits alone is that of going through them', () => {
  for (const [first, last] of [
    [1, 1],
    [7, 1_234],
    [100, 999],
    [95, 1_000_003],
    [0, 10],
  ] as const) {
    let sum = 0
    for (let number = first; number <= last; number++) sum += String(number).length
    expect(meanByDigits(first, last, (number) => String(number).length)).toBe(sum / (last - first + 1))
  }
})
