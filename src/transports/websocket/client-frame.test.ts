import { expect, test } from 'vitest'
import { clientFrame, TEXT } from './client-frame.js'

test.each([0, 1, 125, 126, 65_535, 65_536])('a frame of %i bytes says its length, and is masked', (length) => {
  const payload = Buffer.alloc(length, 'message')
  const frame = clientFrame(TEXT, payload)
  const short = frame.readUInt8(1) & 0x7f
  const [headBytes, said] =
    short < 126 ? [2, short] : short === 126 ? [4, frame.readUInt16BE(2)] : [10, Number(frame.readBigUInt64BE(2))]
  expect(frame.readUInt8(0)).toBe(0x81)
  expect(frame.readUInt8(1) & 0x80).toBe(0x80)
  expect(said).toBe(length)
  const mask = frame.subarray(headBytes, headBytes + 4)
  const unmasked = frame.subarray(headBytes + 4).map((byte, index) => byte ^ (mask[index % 4] as number))
  expect(Buffer.from(unmasked).equals(payload)).toBe(true)
})
