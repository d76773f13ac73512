import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeHistogram, HIGHEST_US, Histogram } from '../measure/histogram.js'
import { isHistogramText } from './histogram-text.js'

/** As the library writes it: cookie, length of the counts, offset, digits, lowest, highest, ratio, counts. */
function written(counts: number[], { digits = 3, lowest = 1n, highest = 3_600_000_000n, length = counts.length } = {}): string {
  const head = Buffer.alloc(40)
  head.writeUInt32BE(0x1c849313, 0)
  head.writeInt32BE(length, 4)
  head.writeInt32BE(1, 8)
  head.writeInt32BE(digits, 12)
  head.writeBigInt64BE(lowest, 16)
  head.writeBigInt64BE(highest, 24)
  head.writeBigInt64BE(1n, 32)
  return packed(deflateSync(Buffer.concat([head, Buffer.from(counts)])))
}

function packed(body: Buffer, cookie = 0x1c849314, length = body.length): string {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(cookie, 0)
  head.writeInt32BE(length, 4)
  return Buffer.concat([head, body]).toString('base64')
}

test('what feedbench writes is one, whatever was recorded', () => {
  const counts = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 40 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: HIGHEST_US }), counts), { maxLength: 30 }), (values) => {
      const histogram = new Histogram()
      for (const [us, count] of values) histogram.record(us, count)
      expect(isHistogramText(histogram.encode())).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('one that is written by hand is one', () => {
  expect(isHistogramText(written([2, 2, 9, 2]))).toBe(true)
  expect(decodeHistogram(written([2, 2, 9, 2])).count).toBe(3)
})

test.each<[what: string, text: string]>([
  ['nothing', ''],
  ['a head alone', 'HISTFA=='],
  ['another cookie', packed(deflateSync(Buffer.alloc(40)), 0x1c849315)],
  ['what is not packed', packed(Buffer.alloc(40))],
  ['a length beyond its end', packed(deflateSync(Buffer.alloc(40)), 0x1c849314, 1_000)],
  ['a length below 0', packed(deflateSync(Buffer.alloc(40)), 0x1c849314, -1)],
  ['256 MiB of zeros in a few bytes', packed(deflateSync(Buffer.alloc(1 << 28)))],
  ['counts that are longer than they say', written([2, 2, 2], { length: 2 })],
  ['more digits than ours', written([2], { digits: 5 })],
  ['no digits', written([2], { digits: -1 })],
  ['a highest value beyond ours', written([2], { highest: 2n ** 62n })],
  ['a lowest value that is none', written([2], { lowest: 0n })],
  ['a number without its last byte', written([0x80])],
  ['2^53 zeros', written([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 2])],
  ['a count beyond all whole numbers', written([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
])('%s is none', (_, text) => {
  expect(isHistogramText(text)).toBe(false)
})

test('whatever passes is decoded, and counted up', () => {
  const real = new Histogram()
  for (let us = 1; us < 5_000; us += 7) real.record(us * us)
  const text = real.encode()
  const mutation = fc.record({ at: fc.nat(text.length - 1), to: fc.constantFrom(...'ABCDwxyz0189+/') })
  fc.assert(
    fc.property(
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(255), { maxLength: 12 }),
      (mutations, counts) => {
        const changed = mutations.reduce((now, { at, to }) => now.slice(0, at) + to + now.slice(at + 1), text)
        for (const candidate of [changed, written(counts)]) {
          if (isHistogramText(candidate)) expect([...decodeHistogram(candidate).values()].length).toBeLessThan(1 << 16)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
