import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAt } from '../../testing/scripted-server.js'
import { BadFrame, FrameReader } from './frame-reader.js'

interface Frame {
  first: number
  payload: Buffer
  /** Announced, where it is not the payload's. */
  length?: number
  isMasked?: boolean
}

function bytesOf({ first, payload, length = payload.length, isMasked = false }: Frame): Buffer {
  const mask = isMasked ? 0x80 : 0
  const head =
    length < 126
      ? Buffer.from([first, mask | length])
      : length < 65_536
        ? Buffer.from([first, mask | 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([first, mask | 127]), long(length)])
  return Buffer.concat([head, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), payload])
}

function long(length: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(length))
  return bytes
}

/** What is told of these chunks, and the error that ended it. */
function read(chunks: readonly Buffer[]): string[] {
  const told: string[] = []
  const reader = new FrameReader({
    onMessage: (text) => told.push(`message ${text.toString('latin1')}`),
    onPing: (payload) => told.push(`ping ${payload.toString('latin1')}`),
    onClose: (code) => told.push(`close ${code}`),
  })
  try {
    for (const chunk of chunks) reader.push(chunk)
  } catch (error) {
    if (!(error instanceof BadFrame)) throw error
    told.push(error.message)
  }
  return told
}

const frame = (first: number, text: string | Buffer, more: Partial<Frame> = {}) =>
  bytesOf({ first, payload: Buffer.from(text as string, 'latin1'), ...more })

const GOOD: [what: string, bytes: Buffer, told: string[]][] = [
  ['a text', frame(0x81, 'hello'), ['message hello']],
  ['a binary message', frame(0x82, 'hello'), ['message hello']],
  ['an empty message', frame(0x81, ''), ['message ']],
  [
    'lengths around those that change the head',
    Buffer.concat([125, 126, 65_535, 65_536].map((length) => frame(0x81, 'x'.repeat(length)))),
    [125, 126, 65_535, 65_536].map((length) => `message ${'x'.repeat(length)}`),
  ],
  [
    'fragments, and a ping between them',
    Buffer.concat([frame(0x01, 'a'), frame(0x89, 'p'), frame(0x00, ''), frame(0x80, 'b'), frame(0x81, 'c')]),
    ['ping p', 'message ab', 'message c'],
  ],
  ['a pong that nobody asked for', Buffer.concat([frame(0x8a, 'x'), frame(0x81, 'a')]), ['message a']],
  [
    'a close, after which nothing is read',
    Buffer.concat([frame(0x88, '\x03\xe8bye'), frame(0x81, 'a'), Buffer.from('nonsense')]),
    ['close 1000'],
  ],
  ['a close without a code', frame(0x88, ''), ['close 1005']],
]

describe('frames with', () => {
  it.each(GOOD)('%s are read', (_, bytes, told) => {
    expect(read([bytes])).toEqual(told)
  })

  it.each(GOOD)('%s are read wherever they are cut', (_, bytes, told) => {
    const places = fc.array(fc.nat(bytes.length), { maxLength: 6 })
    fc.assert(
      fc.property(places, (cuts) => {
        expect(read(cutAt(bytes, cuts))).toEqual(told)
      }),
    )
    if (bytes.length < 1_000) expect(read(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(told)
  })
})

const NONE = Buffer.alloc(0)
const BAD: [what: string, bytes: Buffer][] = [
  ['a reserved bit', frame(0xc1, 'a')],
  ['a reserved opcode', frame(0x83, 'a')],
  ['a reserved control opcode', frame(0x8b, 'a')],
  ["a server's frame that is masked", frame(0x81, 'a', { isMasked: true })],
  ['a ping in fragments', frame(0x09, 'a')],
  ['a ping of 126 bytes', frame(0x89, 'a'.repeat(126))],
  ['a close code of one byte', frame(0x88, 'a')],
  ['a continuation of nothing', frame(0x80, 'a')],
  ['a message within a message', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')])],
  ['a message of 2 GiB, before its payload comes', frame(0x81, NONE, { length: 2 ** 31 })],
  ['a message of 2^63 bytes', Buffer.concat([Buffer.from([0x81, 127]), Buffer.from('8000000000000000', 'hex')])],
  [
    'fragments that add up to more than a message may have',
    Buffer.concat([frame(0x01, 'a'.repeat(1 << 20)), ...Array.from({ length: 3 }, () => frame(0x00, 'a'.repeat(1 << 20)))]),
  ],
]

describe('what is refused:', () => {
  it.each(BAD)('%s', (_, bytes) => {
    expect(read([bytes]).at(-1)).toMatch(/^expected /)
  })

  it('nothing else is thrown, whatever comes, and what is told does not depend on how it is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 5 }), (array, places) => {
        const bytes = Buffer.from(array)
        expect(read(cutAt(bytes, places))).toEqual(read([bytes]))
      }),
      { numRuns: 3_000 },
    )
  })

  it('empty fragments are not kept, however many come', () => {
    const empty = frame(0x00, '')
    const reader = new FrameReader({ onMessage() {}, onPing() {}, onClose() {} })
    reader.push(frame(0x01, ''))
    for (let count = 0; count < 100_000; count++) reader.push(empty)
    expect(read([frame(0x01, ''), ...Array.from({ length: 1_000 }, () => empty), frame(0x80, 'a')])).toEqual(['message a'])
  })
})
