import { createSchedule } from '../../dist/feed/schedule.js'
import { readScenario } from '../../dist/index.js'
import { runScenario } from '../run-scenario.mjs'

/** What a figure may be off by: means, and requests per message. */
const LIMITS = { 'latencyUs.mean': 0.02, 'requests.perMessage': 0.01 }
const SHORT = { 'latencyUs.mean': 'mean', 'requests.perMessage': 'req/msg' }
const CLIENTS = { polling: 200, 'long-polling': 10, 'http-streaming': 20, sse: 20, websocket: 20 }
const REPLICATIONS = 200
const WARMUP_S = 2

/**
 * Twelve conditions in which the models' assumptions hold: latencies of 100 ms and more, beside which wake-ups vanish, and messages enough for a
 * mean. For long polling the clients of a feed go in step, so that its messages count once; and over a periodic feed the waits rise by G - P from answer to answer
 * until they begin anew, so that a window has to have many such rises: right behind the transition, at 4/s and 260 ms, one takes 6 s.
 */
const POINTS = [
  { transport: { polling: { interval: '500ms' } }, arrival: 'poisson', rate: 20, seconds: 12 },
  { transport: { polling: { interval: '1s' } }, arrival: 'periodic', rate: 4, seconds: 12 },
  { transport: { polling: { interval: '300ms' } }, arrival: 'periodic', rate: 10, rttMs: 100, seconds: 12 },
  { transport: { polling: { interval: '400ms' } }, arrival: 'poisson', rate: 10, rttMs: 600, seconds: 12 },
  { transport: 'long-polling', arrival: 'periodic', rate: 2, rttMs: 480, seconds: 30 },
  { transport: 'long-polling', arrival: 'periodic', rate: 8, rttMs: 240, seconds: 30 },
  { transport: 'long-polling', arrival: 'periodic', rate: 10, rttMs: 260, seconds: 30 },
  { transport: 'long-polling', arrival: 'poisson', rate: 200, rttMs: 200, seconds: 20 },
  { transport: 'long-polling', arrival: 'poisson', rate: 200, rttMs: 300, seconds: 20 },
  { transport: 'http-streaming', arrival: 'poisson', rate: 20, rttMs: 240, seconds: 10 },
  { transport: 'sse', arrival: 'poisson', rate: 10, rttMs: 400, seconds: 10 },
  { transport: 'websocket', arrival: 'periodic', rate: 20, rttMs: 300, seconds: 10 },
]

/** Measures the points of these transports (none: of all), prints a table, and resolves to whether all are within their limits. Points that need a link wait for a version that has one. */
export async function points(transports) {
  const hasLinks = await knowsLinks()
  console.log('twelve points             rtt    figure   measured   expected   off by     limit   standard error   verdict')
  let isWithin = true
  for (const point of POINTS) {
    if (transports.length > 0 && !transports.includes(nameOf(point.transport))) continue
    if (point.rttMs !== undefined && !hasLinks) {
      console.log(`${describe(point)} left out: this version has no links`)
      continue
    }
    const { trials } = await runScenario(scenarioOf(point))
    const [{ predicted, verdict, network }] = trials
    const figures = predicted.figures.filter(({ metric, expected }) => LIMITS[metric] !== undefined && expected !== 0)
    if (figures.length === 0) console.log(`${describe(point)} not predicted: ${predicted.notCovered}`)
    for (const { metric, measured, expected, deviation } of figures) {
      isWithin &&= Math.abs(deviation) <= LIMITS[metric]
      const scale = metric.endsWith('mean') ? 1e3 : 1
      const error = metric.endsWith('mean') ? percent(standardError(point, expected, network)) : '-'
      const cells = [(measured / scale).toPrecision(5), (expected / scale).toPrecision(5), percent(deviation)]
      console.log(
        `${describe(point)} ${SHORT[metric].padEnd(8)} ${cells.map((cell) => cell.padEnd(10)).join(' ')} ${percent(LIMITS[metric]).padEnd(7)} ${error.padEnd(16)} ${verdict.status} ${verdict.reasons.map(({ code }) => code).join(' ')}`,
      )
    }
    if (figures.length === 0) isWithin = false
  }
  return isWithin
}

function scenarioOf({ transport, arrival, rate, rttMs, seconds }) {
  return {
    name: 'a point of the models',
    feed: { rate: `${rate}/s`, arrival, payload: '200B' },
    clients: CLIENTS[nameOf(transport)],
    transports: [transport],
    phases: { warmup: `${WARMUP_S}s`, measure: `${seconds}s`, drain: '3s' },
    ...(rttMs === undefined ? {} : { network: { rtt: `${rttMs}ms` } }),
  }
}

async function knowsLinks() {
  try {
    await readScenario(scenarioOf({ transport: 'sse', arrival: 'poisson', rate: 1, rttMs: 100, seconds: 1 }))
    return true
  } catch {
    return false
  }
}

/**
 * Of the mean latency of as many messages, relative: how far seeded loops without any machine lie from the model. Polls are stratified over their phases, so that every
 * message's mean over the clients is the model's but for T/clients; pushes vary by nothing.
 */
function standardError({ transport, arrival, rate, seconds }, meanUs, network) {
  if (nameOf(transport) !== 'long-polling' || network === null) return 0
  const ways = { toServerUs: network.toServer.delayUs.mean, toClientUs: network.toClient.delayUs.mean }
  const means = Array.from({ length: REPLICATIONS }, (_, seed) => {
    const schedule = createSchedule(
      { arrival, ratePerSec: rate, payloadBytes: 200, burst: null, trace: null, seed: seed + 1 },
      null,
    )
    // What server and client take to answer and ask again, from 0.3 to 3 ms, is what differs where the feed does not.
    const messages = { first: rate * WARMUP_S + 1, last: rate * (WARMUP_S + seconds) }
    return loopMeanUs(schedule, messages, ways, 300 + (2_700 * seed) / REPLICATIONS)
  })
  return Math.sqrt(means.reduce((sum, us) => sum + (us - meanUs) ** 2, 0) / REPLICATIONS) / meanUs
}

/** Of the messages from `first` to `last` of a feed whose first finds the request waiting. */
function loopMeanUs(schedule, { first, last }, { toServerUs, toClientUs }, thinkUs) {
  let sumUs = 0
  let requestUs = 0
  for (let next = 1; next <= last; ) {
    const leavesUs = Math.max(requestUs, schedule.offsetUs(next))
    for (; next <= last && schedule.offsetUs(next) <= leavesUs; next++) {
      if (next >= first) sumUs += leavesUs - schedule.offsetUs(next) + toClientUs
    }
    requestUs = leavesUs + toClientUs + thinkUs + toServerUs
  }
  return sumUs / (last - first + 1)
}

function describe({ transport, arrival, rate, rttMs }) {
  const [name, options] = typeof transport === 'string' ? [transport, {}] : Object.entries(transport)[0]
  const short = name === 'long-polling' ? 'long' : name === 'http-streaming' ? 'stream' : name
  return `${`${short}${options.interval === undefined ? '' : ` ${options.interval}`} ${arrival} ${rate}/s`.padEnd(25)} ${`${rttMs ?? 0}ms`.padEnd(6)}`
}

function nameOf(transport) {
  return typeof transport === 'string' ? transport : Object.keys(transport)[0]
}

function percent(share) {
  return `${(share * 100).toFixed(2)} %`
}
