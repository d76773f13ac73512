/** Bytes around a payload on the wire, exactly. */

/** RFC 6455 section 5.2: 2 bytes up to 125, 4 up to 65,535, else 10; a client's mask is 4 more. */
export function webSocketFrameBytes(payloadBytes: number, isMasked = false): number {
  return payloadBytes + (payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10) + (isMasked ? 4 : 0)
}

/** RFC 9112 section 7.1: the length in hexadecimal digits, and two line ends. */
export function chunkBytes(contentBytes: number): number {
  return contentBytes + contentBytes.toString(16).length + 4
}

/** `data: ...` and an empty line, in one chunk; with `id: <digits>` before it where the event has one. */
export function sseEventBytes(payloadBytes: number, id: number | null = null): number {
  return chunkBytes(payloadBytes + 8 + (id === null ? 0 : 5 + String(id).length))
}

/** A line of JSON in a chunk. */
export function streamedLineBytes(payloadBytes: number): number {
  return chunkBytes(payloadBytes + 1)
}

/** Memory of permessage-deflate per connection and direction, about (zlib's own documentation). */
export function deflateMemoryBytes({ windowBits, memLevel }: { windowBits: number; memLevel: number }): number {
  return 2 ** (windowBits + 2) + 2 ** (memLevel + 9)
}

/**
 * The mean of a length over the numbers from `first` to `last` that depends on nothing but how many digits each has: exact, and not by going through all of them.
 * `NaN` for an empty range.
 */
export function meanByDigits(first: number, last: number, lengthOf: (number: number) => number): number {
  let sum = 0
  for (let from = Math.max(0, first); from <= last; ) {
    const to = Math.min(last, 10 ** String(from).length - 1)
    sum += (to - from + 1) * lengthOf(from)
    from = to + 1
  }
  return sum / (last - Math.max(0, first) + 1)
}
