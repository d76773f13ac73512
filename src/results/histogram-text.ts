import { inflateSync } from 'node:zlib'

/** First words of the compressed form and of what is in it (HDR V2); the second digit from the right tells how long words are. */
const COMPRESSED = 0x1c849304
const PLAIN = 0x1c849303
const HEAD_BYTES = 8
/** Cookie, length, offset, digits, lowest and highest value, and a ratio that nobody uses. */
const PLAIN_HEAD_BYTES = 40
/** 3 digits up to an hour are 24,000 counts of at most 9 bytes. */
const MOST_COUNTS = 1 << 16
const MOST_PLAIN_BYTES = PLAIN_HEAD_BYTES + 9 * MOST_COUNTS
const SIGNIFICANT_DIGITS = 3
const HIGHEST_US = 2 ** 32

/**
 * Whether a text is a histogram as feedbench writes them: HDR V2, compressed, base64, 3 digits, 1 us to an hour. Whoever decodes it
 * believes its head: a text of a few bytes could ask for a gigabyte, or for counting to 2^53.
 */
export function isHistogramText(base64: string): boolean {
  // Node passes over what is no base64; others do not.
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return false
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length < HEAD_BYTES || !isCookie(bytes.readUInt32BE(0), COMPRESSED)) return false
  const length = bytes.readInt32BE(4)
  if (length < 0 || HEAD_BYTES + length > bytes.length) return false
  const plain = inflated(bytes.subarray(HEAD_BYTES, HEAD_BYTES + length))
  return plain !== null && isPlain(plain)
}

function inflated(bytes: Buffer): Buffer | null {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_PLAIN_BYTES })
  } catch {
    return null
  }
}

function isPlain(plain: Buffer): boolean {
  if (plain.length < PLAIN_HEAD_BYTES || !isCookie(plain.readUInt32BE(0), PLAIN)) return false
  const length = plain.readInt32BE(4)
  const isOurs =
    plain.readInt32BE(12) === SIGNIFICANT_DIGITS &&
    plain.readBigInt64BE(16) === 1n &&
    plain.readBigInt64BE(24) >= 2n &&
    plain.readBigInt64BE(24) <= HIGHEST_US
  return isOurs && length >= 0 && PLAIN_HEAD_BYTES + length === plain.length && hasCounts(plain.subarray(PLAIN_HEAD_BYTES))
}

/** Counts are zigzag LEB128; below 0 they are that many zeros. */
function hasCounts(counts: Buffer): boolean {
  let index = 0
  for (let at = 0; at < counts.length; ) {
    let value = 0n
    let shift = 0n
    for (let isLast = false; !isLast; ) {
      const byte = counts[at++]
      if (byte === undefined) return false
      // The ninth byte has no flag.
      isLast = shift === 56n || byte < 0x80
      value |= BigInt(shift === 56n ? byte : byte & 0x7f) << shift
      shift += 7n
    }
    const isZeros = (value & 1n) === 1n
    const amount = (value >> 1n) + (isZeros ? 1n : 0n)
    if (amount > BigInt(Number.MAX_SAFE_INTEGER)) return false
    index += isZeros ? Number(amount) : 1
    if (index > MOST_COUNTS) return false
  }
  return true
}

function isCookie(word: number, base: number): boolean {
  return (word & ~0xf0) >>> 0 === base
}
