import { runScenario } from '../run-scenario.mjs'
import { bareAutocannon, bareReceiver, bareWriter, PAYLOAD_BYTES } from './bare.mjs'

/** Deliveries a second, whatever the number of clients. */
const DELIVERIES_PER_SEC = 10_000
const POLLS_PER_SEC = 2_000
/** Of a message of 200 bytes: RFC 6455 frame; chunk of `id:` and `data:` lines; chunk of a line. */
const FRAME_BYTES = { websocket: 204, sse: 221, 'http-streaming': 207 }

/** The driver against a bare receive loop, and the server against a bare loop of writes, at the same rate. */
export async function streamPairs(transport, clients, { pairs, seconds, settleMs }) {
  const ratePerSec = DELIVERIES_PER_SEC / clients
  const rows = await inTurns(pairs, {
    ours: () => ours({ transport, clients, ratePerSec, seconds, settleMs }),
    bareDriver: () => bareReceiver({ kind: transport, clients, ratePerSec, seconds, settleMs }),
    bareServer: () => bareWriter({ clients, ratePerSec, frameBytes: FRAME_BYTES[transport], seconds, settleMs }),
  })
  return {
    transport,
    clients,
    driverUs: median(rows.map(({ ours }) => ours.driverUs)),
    bareDriverUs: median(rows.map(({ bareDriver }) => bareDriver)),
    driverRatio: median(rows.map(({ ours, bareDriver }) => ours.driverUs / bareDriver)),
    serverUs: median(rows.map(({ ours }) => ours.serverUs)),
    bareServerUs: median(rows.map(({ bareServer }) => bareServer)),
    serverRatio: median(rows.map(({ ours, bareServer }) => ours.serverUs / bareServer)),
    ...memoryOf(rows),
  }
}

/** The polling clients against a bare loop of undici dispatches, with a bare socket and autocannon beside. */
export async function pollPairs(clients, { pairs, seconds, settleMs }) {
  const intervalMs = (1_000 * clients) / POLLS_PER_SEC
  // As many messages as polls of a client, so that a poll brings one.
  const ratePerSec = 1_000 / intervalMs
  const window = Math.max(seconds, intervalMs / 1_000)
  const bare = { clients, ratePerSec, seconds: window, settleMs, intervalMs }
  const rows = await inTurns(pairs, {
    ours: () => ours({ transport: 'polling', clients, ratePerSec, seconds: window, settleMs, intervalMs }),
    bareUndici: () => bareReceiver({ ...bare, kind: 'polling' }),
    bareSocket: () => bareReceiver({ ...bare, kind: 'polling-socket' }),
    autocannon: () => bareAutocannon({ ...bare, pollsPerSec: POLLS_PER_SEC }),
  })
  return {
    transport: 'polling',
    clients,
    driverUs: median(rows.map(({ ours }) => ours.driverUs)),
    undiciUs: median(rows.map(({ bareUndici }) => bareUndici)),
    driverRatio: median(rows.map(({ ours, bareUndici }) => ours.driverUs / bareUndici)),
    socketUs: median(rows.map(({ bareSocket }) => bareSocket)),
    autocannonUs: median(rows.map(({ autocannon }) => autocannon)),
    serverUs: median(rows.map(({ ours }) => ours.serverUs)),
    ...memoryOf(rows),
  }
}

/** Each pair in the opposite order of the one before it. */
async function inTurns(pairs, contestants) {
  const rows = []
  const names = Object.keys(contestants)
  for (let pair = 0; pair < pairs; pair++) {
    const row = {}
    for (const name of pair % 2 === 0 ? names : names.toReversed()) row[name] = await contestants[name]()
    rows.push(row)
  }
  return rows
}

async function ours({ transport, clients, ratePerSec, seconds, settleMs, intervalMs }) {
  const { trials } = await runScenario({
    name: 'bench-self',
    feed: { rate: `${ratePerSec}/s`, arrival: 'periodic', payload: `${PAYLOAD_BYTES}B` },
    clients,
    transports: [intervalMs === undefined ? transport : { polling: { interval: `${intervalMs}ms` } }],
    phases: { warmup: `${settleMs + (intervalMs ?? 0)}ms`, measure: `${seconds}s`, drain: '15s' },
    connect: { rate: '2000/s', timeout: '60s' },
  })
  const [{ driver, drivers, server, messages, requests, verdict }] = trials
  if (messages.missing > 0) throw new Error(`${transport}, ${clients} clients: ${messages.missing} messages are missing`)
  const count = transport === 'polling' ? requests.total : messages.delivered
  return {
    driverUs: driver.cpuUs / count,
    serverUs: server.cpuUs / count,
    driverRssBytes: drivers.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    drivers: drivers.length,
    serverBytesPerConnection: server.rssBytesPerConnection,
    verdict: verdict.status,
  }
}

function memoryOf(rows) {
  return {
    driverRssBytes: median(rows.map(({ ours }) => ours.driverRssBytes)),
    drivers: rows[0].ours.drivers,
    serverBytesPerConnection: median(rows.map(({ ours }) => ours.serverBytesPerConnection)),
    verdicts: rows.map(({ ours }) => ours.verdict),
  }
}

function median(values) {
  const sorted = values.filter((value) => typeof value === 'number' && Number.isFinite(value)).sort((left, right) => left - right)
  if (sorted.length === 0) return null
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
