/** One item of the feed. Times are microseconds of the publisher's monotonic clock. */
export interface Message {
  /** From 1, without gaps, within its topic. */
  seq: number
  intendedUs: number
  publishedUs: number
  /** `null` where the feed has only one. */
  topic: string | null
  /** JSON text. */
  data: string
}

/** What a reader must find in a message; the rest is a convenience that other people's servers may lack. */
export interface MessageHead {
  topic: string | null
  seq: number
  /** Intended publish time; follows from `seq` and the schedule too. */
  intendedUs?: number
  /** Actual publish time. Without it there is no transit. */
  publishedUs?: number
}

/** How a message is written. The text is UTF-8. */
export interface Codec {
  encode(message: Message): Buffer
  /** Throws `NotAMessage` where the text is none. */
  readHead(text: Buffer): MessageHead
}

export class NotAMessage extends Error {
  constructor(text: Buffer) {
    super(`expected a message {"seq":…}, got ${JSON.stringify(text.toString('utf8', 0, 80))}`)
    this.name = 'NotAMessage'
  }
}

/** feedbench's own: `{"seq":1,"t":…,"p":…,"topic":"…","data":…}`, members in this order. */
export const jsonCodec: Codec = {
  encode(message) {
    return Buffer.from(`${headText(message)}${message.data}}`)
  },

  readHead(text) {
    return scanHead(text) ?? parseHead(text)
  },
}

/** All of a message's text before its data. */
export function headText({ seq, intendedUs, publishedUs, topic }: Omit<Message, 'data'>): string {
  const named = topic === null ? '' : `"topic":${JSON.stringify(topic)},`
  return `{"seq":${seq},"t":${intendedUs},"p":${publishedUs},${named}"data":`
}

const SEQ = Buffer.from('{"seq":')
const INTENDED = Buffer.from(',"t":')
const PUBLISHED = Buffer.from(',"p":')
const TOPIC = Buffer.from(',"topic":"')
const DATA = Buffer.from(',"data":')
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Reads the head without parsing the data, which is most of the text; a driver does this once a delivery.
 * `undefined` where the members are not in the usual order and form.
 */
function scanHead(text: Buffer): MessageHead | undefined {
  if (!follows(text, 0, SEQ)) return undefined
  const seqEnd = digitsEnd(text, SEQ.length)
  if (!follows(text, seqEnd, INTENDED)) return undefined
  const intendedEnd = digitsEnd(text, seqEnd + INTENDED.length)
  if (!follows(text, intendedEnd, PUBLISHED)) return undefined
  const publishedEnd = digitsEnd(text, intendedEnd + PUBLISHED.length)
  let topic: string | null = null
  let headEnd = publishedEnd
  if (follows(text, publishedEnd, TOPIC)) {
    const topicEnd = text.indexOf(QUOTE, publishedEnd + TOPIC.length)
    if (topicEnd < 0) return undefined
    topic = text.toString('utf8', publishedEnd + TOPIC.length, topicEnd)
    if (topic.includes('\\')) return undefined
    headEnd = topicEnd + 1
  }
  // Anything else here, such as the fraction of a number, is for the parser.
  if (!follows(text, headEnd, DATA)) return undefined
  return {
    topic,
    seq: number(text, SEQ.length, seqEnd),
    intendedUs: number(text, seqEnd + INTENDED.length, intendedEnd),
    publishedUs: number(text, intendedEnd + PUBLISHED.length, publishedEnd),
  }
}

function parseHead(text: Buffer): MessageHead {
  let value: unknown
  try {
    value = JSON.parse(text.toString())
  } catch {
    throw new NotAMessage(text)
  }
  if (typeof value !== 'object' || value === null) throw new NotAMessage(text)
  const { seq, t, p, topic } = value as Record<string, unknown>
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq)) throw new NotAMessage(text)
  const head: MessageHead = { topic: typeof topic === 'string' ? topic : null, seq }
  if (typeof t === 'number') head.intendedUs = t
  if (typeof p === 'number') head.publishedUs = p
  return head
}

function follows(text: Buffer, at: number, expected: Buffer): boolean {
  if (at < 0 || at + expected.length > text.length) return false
  for (let index = 0; index < expected.length; index++) {
    if (text[at + index] !== expected[index]) return false
  }
  return true
}

/** Where the digits that begin at `at` end; -1 where there are none, or more than a safe integer has. */
function digitsEnd(text: Buffer, at: number): number {
  let end = at
  while (end < text.length && (text[end] as number) >= 0x30 && (text[end] as number) <= 0x39) end++
  return end > at && end - at <= 15 ? end : -1
}

function number(text: Buffer, start: number, end: number): number {
  let value = 0
  for (let index = start; index < end; index++) value = value * 10 + ((text[index] as number) - 0x30)
  return value
}

/**
 * The bytes from one JSON object to the next: where the object that begins at or after `at` starts and ends.
 * `undefined` where none is complete. Strings may hold braces, and any byte of UTF-8.
 */
export function nextObject(bytes: Buffer, at: number, limit: number): { start: number; end: number } | undefined {
  let start = at
  while (start < limit && bytes[start] !== 0x7b) start++
  let depth = 0
  for (let index = start; index < limit; index++) {
    const byte = bytes[index] as number
    if (byte === QUOTE) index = stringEnd(bytes, index + 1, limit)
    else if (byte === 0x7b) depth++
    else if (byte === 0x7d && --depth === 0) return { start, end: index + 1 }
  }
  return undefined
}

/** A name is shorter than this; what is longer is searched by the platform, which is many times faster, once it has begun. */
const SHORT_STRING_BYTES = 16

/** Where the quote is that ends the string whose first byte is at `from`; `limit` where there is none before it. */
function stringEnd(bytes: Buffer, from: number, limit: number): number {
  let index = from
  for (const short = Math.min(limit, from + SHORT_STRING_BYTES); index < short; index++) {
    const byte = bytes[index] as number
    if (byte === QUOTE) return index
    if (byte === BACKSLASH) index++
  }
  while (index < limit) {
    const quote = bytes.indexOf(QUOTE, index)
    if (quote < 0 || quote >= limit) return limit
    let backslashes = 0
    while (quote - backslashes > index && bytes[quote - backslashes - 1] === BACKSLASH) backslashes++
    // An even number of them escapes only itself.
    if (backslashes % 2 === 0) return quote
    index = quote + 1
  }
  return limit
}
