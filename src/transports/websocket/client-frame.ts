import { randomBytes } from 'node:crypto'

/** FIN and the opcode (RFC 6455 section 5.2). */
export const TEXT = 0x81
export const CLOSE = 0x88
export const PING = 0x89
export const PONG = 0x8a

const MASKED = 0x80
const SHORT = 125
const MEDIUM = 0xffff

/** A whole frame of a client, which is masked (RFC 6455 section 5.3). */
export function clientFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload
  const headBytes = length <= SHORT ? 2 : length <= MEDIUM ? 4 : 10
  const frame = Buffer.allocUnsafe(headBytes + 4 + length)
  frame[0] = first
  if (length <= SHORT) frame[1] = MASKED | length
  else if (length <= MEDIUM) {
    frame[1] = MASKED | 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = MASKED | 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  const mask = randomBytes(4)
  mask.copy(frame, headBytes)
  const at = headBytes + 4
  for (let index = 0; index < length; index++) frame[at + index] = (payload[index] as number) ^ (mask[index % 4] as number)
  return frame
}
