/**
 * A receive loop with nothing around it: what a driver could at best cost that uses the same library. Connects `clients` clients, records each
 * message's latency in one HDR histogram, and prints {cpuUs, count, failed} of a window as JSON.
 *
 *     node bare-receiver.mjs '{"kind":"websocket","port":1234,"clients":100,"seconds":5,"settleMs":5000,"intervalMs":1000}'
 */
import { connect } from 'node:net'
import hdr from 'hdr-histogram-js'
import { Client } from 'undici'
import { WebSocket } from 'ws'
import { stratifiedPhases } from '../../dist/driver/phases.js'

const { kind, port, clients, seconds, settleMs, intervalMs } = JSON.parse(process.argv[2])
const CONNECTS_AT_ONCE = 20

const histogram = hdr.build({ useWebAssembly: false, highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 })
let count = 0
let failed = 0

/** A message is `{"seq":1,"t":<intended, us>,...`: the latency is recorded from `t`, read from the bytes. */
function record(text) {
  let at = text.indexOf('"t":') + 4
  let intendedUs = 0
  for (let digit = text[at] - 0x30; digit >= 0 && digit <= 9; digit = text[++at] - 0x30) intendedUs = intendedUs * 10 + digit
  const [s, ns] = process.hrtime()
  histogram.recordValue(Math.max(0, Math.round(s * 1e6 + ns / 1e3 - intendedUs)))
  count++
}

const openers = {
  websocket: () =>
    new Promise((resolve, reject) => {
      const webSocket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: false, skipUTF8Validation: true })
      webSocket.binaryType = 'nodebuffer'
      webSocket.on('message', record)
      webSocket.once('open', resolve)
      webSocket.once('error', reject)
    }),
  'http-streaming': () => stream('/stream', (line) => line.length > 0 && record(line)),
  sse: () => stream('/events', (line) => line[0] === 0x64 && record(line)),
  polling: pollWithUndici,
  'polling-socket': pollWithSocket,
  sink: () =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true }, resolve)
      socket.once('error', reject)
      socket.resume()
    }),
}

function stream(path, onLine) {
  return new Promise((resolve, reject) => {
    const client = new Client(`http://127.0.0.1:${port}`, { headersTimeout: 0, bodyTimeout: 0 })
    let rest = Buffer.alloc(0)
    client.dispatch(
      { path, method: 'GET' },
      {
        onRequestStart() {},
        onResponseStart: () => resolve(),
        onResponseData(_controller, chunk) {
          let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
          for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a)) {
            onLine(bytes.subarray(0, end))
            bytes = bytes.subarray(end + 1)
          }
          rest = bytes
        },
        onResponseEnd() {},
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })
}

/** Every poll's body is parsed and every message in it recorded, as whoever polls has to. */
function takeAnswer(body) {
  if (body.length === 0) return undefined
  const { messages, next } = JSON.parse(body.toString())
  const [s, ns] = process.hrtime()
  for (const { t } of messages) histogram.recordValue(Math.max(0, Math.round(s * 1e6 + ns / 1e3 - t)))
  return next
}

/**
 * The clients poll on an absolute schedule whose phases are drawn as those of the simulated clients are. Timers of their own would be re-armed late and drift into
 * clusters, which saves wake-ups: that would be another load.
 */
const polls = []
function startPacing() {
  const order = [...stratifiedPhases(clients, 1).entries()].sort(([, left], [, right]) => left - right)
  const startMs = performance.now()
  let sent = 0
  const dueMs = () => startMs + (Math.floor(sent / clients) + order[sent % clients][1]) * intervalMs
  const tick = () => {
    while (dueMs() <= performance.now()) polls[order[sent++ % clients][0]]()
    setTimeout(tick, Math.max(0, Math.ceil(dueMs() - performance.now())))
  }
  tick()
}

async function pollWithUndici(index) {
  const client = new Client(`http://127.0.0.1:${port}`, {
    pipelining: 1,
    keepAliveTimeout: 600_000,
    keepAliveMaxTimeout: 600_000,
  })
  let cursor
  const get = () =>
    new Promise((resolve, reject) => {
      const chunks = []
      client.dispatch(
        { path: cursor === undefined ? '/poll' : `/poll?after=${cursor}`, method: 'GET' },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData: (_controller, chunk) => chunks.push(chunk),
          onResponseEnd() {
            count++
            cursor = takeAnswer(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)) ?? cursor
            resolve()
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
  await get()
  polls[index] = () => get().catch(() => failed++)
}

/** No HTTP library: a request is written, and an answer ends where its length says. */
function pollWithSocket(index) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    let cursor
    let bytes = Buffer.alloc(0)
    const get = () =>
      socket.write(`GET /poll${cursor === undefined ? '' : `?after=${cursor}`} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
    socket.once('error', reject)
    socket.once('connect', get)
    socket.on('data', (chunk) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      const end = bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = bytes.latin1Slice(0, end)
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (bytes.length < end + 4 + length) return
      count++
      if (cursor === undefined) {
        resolve()
        polls[index] = get
      }
      cursor = takeAnswer(bytes.subarray(end + 4, end + 4 + length)) ?? cursor
      bytes = bytes.subarray(end + 4 + length)
    })
  })
}

for (let index = 0; index < clients; index += CONNECTS_AT_ONCE) {
  const batch = Array.from({ length: Math.min(CONNECTS_AT_ONCE, clients - index) }, (_, offset) => openers[kind](index + offset))
  await Promise.all(batch)
}
// Everyone polls at their pace before it counts.
if (kind.startsWith('polling')) startPacing()
await new Promise((resolve) => setTimeout(resolve, settleMs + (kind.startsWith('polling') ? intervalMs : 0)))
// A sink reads until it is ended; a minute is more than any writer takes.
if (kind === 'sink') await new Promise((resolve) => setTimeout(resolve, 60_000))
const start = process.cpuUsage()
const countBefore = count
await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
const { user, system } = process.cpuUsage(start)
process.stdout.write(`${JSON.stringify({ cpuUs: user + system, count: count - countBefore, failed })}\n`)
process.exit(0)
