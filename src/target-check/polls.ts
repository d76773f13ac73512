import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../measure/clock.js'
import type { PlannedTrial } from '../model/plan.js'
import type { TargetFinding } from '../model/target-check.js'
import { createDialer } from '../network/dial.js'
import { HttpClient, whole } from '../transports/http-client.js'
import { type Cursor, pollRequests } from '../transports/poll-requests.js'
import { withParameters } from '../transports/surface.js'
import { row } from './findings.js'

/** How long a server is asked to hold, and how long one that cannot be asked has to hold for us to believe that it does. */
const HOLD_MS = 1_000
const SEEN_TO_HOLD_MS = 300
const PATIENCE_MS = 5_000
const OWN_PATHS: Record<string, string> = { polling: '/poll', 'long-polling': '/long-poll' }

interface Answer {
  status: number
  body: Buffer
  tookMs: number
}

type Row = Omit<TargetFinding, 'label'>

/** What a server that is asked answers when there is nothing, for how long it holds, and whether it refuses nonsense. Nothing must be published meanwhile. */
export async function pollFindings(
  planned: PlannedTrial,
  address: { host: string; port: number },
  { isQuiet }: { isQuiet: boolean },
): Promise<Row[]> {
  const surface = planned.target?.surface
  const requests = pollRequests(OWN_PATHS[planned.transport] ?? '/', surface)
  const holds = planned.transport === 'long-polling'
  const ask = (path: string, patienceMs = PATIENCE_MS) => get(planned, address, path, patienceMs)
  const bad =
    surface === undefined || surface.cursor === null
      ? null
      : await ask(withParameters(surface.path, [`${surface.cursor}=no-cursor`]), SEEN_TO_HOLD_MS)
  const refusal = bad === null || surface?.cursor === null ? [] : [badCursorRow(bad)]
  if (!isQuiet) {
    const why = 'the server publishes by itself: it is never quiet'
    return [...(holds ? [row('hold', 'unknown', why)] : []), row('empty', 'unknown', why), ...refusal]
  }
  const cursor = holds && !requests.canAskNotToHold ? null : await newest(requests, ask)
  const hold = holds ? requests.hold(HOLD_MS) : ''
  const patienceMs = holds && !requests.canAskNotToHold ? SEEN_TO_HOLD_MS : PATIENCE_MS
  const empty = await ask(requests.target(cursor, hold), patienceMs)
  return [...(holds ? [holdRow(empty, requests.canAskNotToHold)] : []), emptyRow(empty, requests), ...refusal]
}

async function newest(requests: ReturnType<typeof pollRequests>, ask: (path: string) => Promise<Answer | null>): Promise<Cursor> {
  const first = await ask(requests.target(null, requests.hold(0)))
  try {
    return first === null ? null : requests.read(first.status, first.body).next
  } catch {
    return null
  }
}

function holdRow(empty: Answer | null, canAsk: boolean): Row {
  if (empty === null) return row('hold', 'met', `no answer for ${canAsk ? PATIENCE_MS : SEEN_TO_HOLD_MS} ms`)
  if (canAsk && empty.tookMs >= 0.8 * HOLD_MS)
    return row('hold', 'met', `${Math.round(empty.tookMs)} ms, asked for ${HOLD_MS} ms`)
  const hint = canAsk ? 'see hold and holdUnit of target.paths' : 'without holding it is polling: measure it as that'
  return row('hold', 'missing', `answered after ${Math.round(empty.tookMs)} ms with status ${empty.status}`, hint)
}

function emptyRow(empty: Answer | null, requests: ReturnType<typeof pollRequests>): Row {
  if (empty === null) return row('empty', 'unknown', 'it held the request for longer than was waited')
  try {
    const { messages } = requests.read(empty.status, empty.body)
    const form = empty.body.length === 0 ? '' : ` with ${empty.body.length} B`
    if (messages.length === 0) return row('empty', 'met', `status ${empty.status}${form}`)
    return row(
      'empty',
      'missing',
      `${messages.length} messages again`,
      'does it honour the cursor? see cursor and next of target.paths',
    )
  } catch (error) {
    return row(
      'empty',
      'missing',
      (error as Error).message,
      'an answer is 204, or JSON with a list: see messages of target.paths',
    )
  }
}

function badCursorRow(answer: Answer | null): Row {
  if (answer === null) return row('badCursor', 'note', 'it holds the request')
  if (answer.status >= 400 && answer.status < 500) return row('badCursor', 'met', `status ${answer.status}`)
  return row('badCursor', 'note', `status ${answer.status}`, 'a client with a broken cursor is told nothing: 400 would say it')
}

/** `null` where nothing came in time. */
async function get(
  planned: PlannedTrial,
  target: { host: string; port: number },
  path: string,
  patienceMs: number,
): Promise<Answer | null> {
  const dialer = createDialer({ ...target, sourceAddresses: [] })
  const http = new HttpClient({ target, dial: () => dialer.dial(), headers: planned.requestHeaders.headers })
  const startUs = systemClock.nowUs()
  const waiting = new AbortController()
  const answer = new Promise<Answer | null>((resolve) => {
    const done = (status: number, body: Buffer) =>
      resolve({ status, body: Buffer.from(body), tookMs: (systemClock.nowUs() - startUs) / 1e3 })
    http.get(
      path,
      whole(done, () => resolve(null)),
    )
  })
  const patience = sleep(patienceMs, null, { signal: waiting.signal }).catch(() => null)
  const first = await Promise.race([answer, patience])
  waiting.abort()
  http.abort(new Error('enough'))
  await http.close()
  return first
}
