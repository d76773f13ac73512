import { parsePointer, valueAt } from '../feed/json-pointer.js'
import type { PollForm, TargetSurface } from '../model/target.js'
import { type PollBody, readPoll } from './poll-response.js'
import { withParameters } from './surface.js'

/** What a poll asks for the next messages with: a seq, or whatever else a server gives. `null`: the newest. */
export type Cursor = number | string | null

/** How one server is polled. */
export interface PollRequests {
  /** Where a client begins that resumes after a seq. */
  begin(after: number | null): Cursor
  /** `rest`: `name=value` beside the cursor, or nothing. */
  target(cursor: Cursor, rest: string): string
  /** The parameter that asks to hold for so long; nothing where the server decides. */
  hold(ms: number): string
  /** Whether a server that holds can be asked to answer at once. */
  canAskNotToHold: boolean
  /** Throws where it is no answer to a poll. */
  read(status: number, body: Buffer): PollBody
  /** The cursor as a seq, where it is one. */
  position(cursor: Cursor): number | null
}

/** `ownPath`: at feedbench's own server. */
export function pollRequests(ownPath: string, surface: TargetSurface | undefined): PollRequests {
  if (surface === undefined || surface.poll === null) return ownRequests(ownPath)
  return foreignRequests(surface, surface.poll)
}

function ownRequests(path: string): PollRequests {
  return {
    begin: (after) => after,
    target(cursor, rest) {
      if (cursor === null) return rest === '' ? path : `${path}?${rest}`
      return rest === '' ? `${path}?after=${cursor}` : `${path}?after=${cursor}&${rest}`
    },
    hold: (ms) => `hold=${ms}`,
    canAskNotToHold: true,
    read: readPoll,
    position: (cursor) => (typeof cursor === 'number' ? cursor : null),
  }
}

/** Statuses of a poll that has nothing to say: the cursor stays. */
const NOTHING = new Set([204, 304])

function foreignRequests({ path, cursor: cursorName }: TargetSurface, form: PollForm): PollRequests {
  const messagesAt = parsePointer(form.messages) ?? []
  const nextAt = parsePointer(form.next) ?? []
  // The whole of our own form: its messages stay bytes, and are not parsed.
  const isOurs = form.messages === '/messages' && form.next === '/next'
  const holdPerMs = form.holdUnit === 's' ? 1e-3 : 1
  return {
    // A cursor of theirs may be no seq: whoever comes back before the first answer begins anew.
    begin: () => null,
    target(cursor, rest) {
      const asked = cursor === null || cursorName === null ? '' : `${cursorName}=${encodeURIComponent(cursor)}`
      return withParameters(path, [asked, rest])
    },
    hold: (ms) => (form.hold === null ? '' : `${form.hold}=${ms * holdPerMs}`),
    canAskNotToHold: form.hold !== null,
    read(status, body) {
      if (NOTHING.has(status)) return { messages: [], next: null, full: false }
      if (status !== 200) throw new Error(`expected status 200 or 204, got ${status}`)
      if (isOurs && looksOurs(body)) {
        const { messages, next } = readPoll(status, body)
        return { messages, next, full: false }
      }
      return readForeign(body, messagesAt, nextAt, form)
    },
    position: (cursor) => (typeof cursor === 'number' ? cursor : null),
  }
}

function looksOurs(body: Buffer): boolean {
  return (
    body.length > 0 &&
    body.toString('latin1', 0, 13) === '{"messages":[' &&
    /\],"next":\d{1,15}\}$/.test(body.toString('latin1', body.length - 30))
  )
}

function readForeign(body: Buffer, messagesAt: readonly string[], nextAt: readonly string[], form: PollForm): PollBody {
  if (body.length === 0) return { messages: [], next: null, full: false }
  const root = parsed(body)
  const list = valueAt(root, messagesAt)
  if (!Array.isArray(list)) {
    throw new Error(
      `expected a list of messages at ${JSON.stringify(form.messages)}, got ${JSON.stringify(body.toString('utf8', 0, 80))}`,
    )
  }
  const next = valueAt(root, nextAt)
  return {
    messages: list.map((message) => Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))),
    next: typeof next === 'number' || typeof next === 'string' ? next : null,
    full: false,
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new Error(`expected JSON, got ${JSON.stringify(body.toString('utf8', 0, 80))}`)
  }
}
