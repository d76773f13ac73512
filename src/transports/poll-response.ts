import type { ServerResponse } from 'node:http'
import { nextObject } from '../feed/codec.js'
import { type LogEntry, MOST_BYTES_READ, MOST_MESSAGES_READ } from '../feed/log.js'
import { sendJson } from './query.js'

/** What a poll brought. */
export interface PollBody {
  messages: Buffer[]
  /** Cursor for the next poll; `null`: as before. Another server than feedbench's may have a text. */
  next: number | string | null
  /** Whether there may be more at once. */
  full: boolean
}

const OPEN = Buffer.from('{"messages":[')
const NEXT = Buffer.from('],"next":')
const COMMA = Buffer.from(',')

/** Answers a poll: 200 `{"messages":[…],"next":<last seq seen>}`. */
export function sendMessages(response: ServerResponse, entries: readonly LogEntry[], next: number): void {
  const parts: Buffer[] = [OPEN]
  for (const [index, { text }] of entries.entries()) {
    if (index > 0) parts.push(COMMA)
    parts.push(text)
  }
  parts.push(NEXT, Buffer.from(`${next}}`))
  sendJson(response, 200, Buffer.concat(parts))
}

/** Answers a poll that has nothing to say: 204, keep the cursor. */
export function sendNothing(response: ServerResponse): void {
  response.writeHead(204)
  response.end()
}

/** Reads the answer to a poll. Throws where it is none. */
export function readPoll(status: number, body: Buffer): PollBody {
  if (status === 204) return { messages: [], next: null, full: false }
  if (status !== 200) throw new Error(`expected status 200 or 204, got ${status}`)
  return readMessages(body)
}

/** Reads what `sendMessages` wrote; the messages stay bytes, because all but their heads is padding to a driver. */
function readMessages(body: Buffer): PollBody {
  if (!follows(body, 0, OPEN)) throw notABody(body)
  const messages: Buffer[] = []
  let at = OPEN.length
  let longest = 0
  while (body[at] === 0x7b) {
    const found = nextObject(body, at, body.length)
    if (found === undefined) throw notABody(body)
    messages.push(body.subarray(found.start, found.end))
    longest = Math.max(longest, found.end - found.start)
    at = body[found.end] === 0x2c ? found.end + 1 : found.end
  }
  const next = readTail(body, at)
  if (next === null) throw notABody(body)
  // The server stops before the message that would exceed the limit.
  const full = messages.length >= MOST_MESSAGES_READ || (messages.length > 0 && body.length + longest > MOST_BYTES_READ)
  return { messages, next, full }
}

const MOST_DIGITS = 16

/**
 * The cursor in `],"next":<1 to 16 digits>}`, which must be all that is left; `null` where it is not, and beyond the whole
 * numbers, where it would ask for what no server has. By bytes: no string and no pattern for each answer.
 */
function readTail(body: Buffer, at: number): number | null {
  const start = at + NEXT.length
  const end = body.length - 1
  if (end <= start || end - start > MOST_DIGITS || body[end] !== 0x7d) return null
  if (!follows(body, at, NEXT)) return null
  let next = 0
  for (let index = start; index < end; index++) {
    const digit = (body[index] as number) - 0x30
    if (digit < 0 || digit > 9) return null
    next = next * 10 + digit
  }
  return Number.isSafeInteger(next) ? next : null
}

function follows(body: Buffer, at: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index++) if (body[at + index] !== expected[index]) return false
  return true
}

function notABody(body: Buffer): Error {
  return new Error(`expected {"messages":[…],"next":…}, got ${JSON.stringify(body.toString('utf8', 0, 80))}`)
}
