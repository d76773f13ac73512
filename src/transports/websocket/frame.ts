/** FIN and the opcode of a text message (RFC 6455 section 5.2). */
const FINAL_TEXT = 0x81

/** A server's unmasked text frame: 2 bytes around a payload of up to 125, 4 up to 65,535, else 10. */
export function textFrame(text: Buffer): Buffer {
  const { length } = text
  const headLength = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(headLength + length)
  frame[0] = FINAL_TEXT
  if (headLength === 2) frame[1] = length
  else if (headLength === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  text.copy(frame, headLength)
  return frame
}
