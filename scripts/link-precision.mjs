/**
 * How exactly does the relay emulate a distance? Polls and pushes, directly and through the relay in turn, for several round trips: the delay that it
 * adds at the median against what was asked (the round trip for an exchange, half of it for a push), the limit, and the share of a core that it used.
 *
 *   node scripts/link-precision.mjs [rtt,rtt,... in ms] [seconds] [poll,push20,push200]      on a machine that has nothing else to do
 *
 * Pushes are trials of feedbench (WebSocket, 10 messages a second, transit). Polls are sent by this program over connections that stay open, and go
 * to a feed server and a relay that it launches as the runner does: no trial has the time of an exchange.
 */
import { Agent, get } from 'node:http'
import { decodeHistogram } from '../dist/measure/histogram.js'
import { LocalFleet } from '../dist/runner/local-fleet.js'
import { placeTrial } from '../dist/runner/placement.js'
import { runScenario, sleep } from './run-scenario.mjs'

const [rtts = '1,2,5,10,20,50,100,200', seconds = '2', kinds = 'poll,push20,push200'] = process.argv.slice(2)

const KINDS = {
  poll: { clients: 20, ways: 2, measure: exchanges },
  push20: { clients: 20, ways: 1, measure: pushes },
  push200: { clients: 200, ways: 1, measure: pushes },
}
const POLL_EVERY_MS = 100

console.log(
  'kind      rtt ms   direct   relay   added   asked   error   limit         core   by its own stamps: to server, to client   verdict',
)
let missed = 0
for (const kind of kinds.split(',')) for (const rtt of rtts.split(',')) await compare(kind, Number(rtt))
console.log(missed === 0 ? 'within the limits' : `${missed} beyond the limits`)
process.exitCode = missed === 0 ? 0 : 1

async function compare(kind, rttMs) {
  const { clients, ways, measure } = KINDS[kind]
  const direct = await measure(clients, null)
  const relayed = await measure(clients, { rtt: `${rttMs}ms` })
  const askedUs = (rttMs * 1e3 * ways) / 2
  const addedUs = relayed.p50Us - direct.p50Us
  const limitUs = Math.max(500, askedUs * 0.02)
  const core = relayed.cpuUs / (Number(seconds) * 1e6)
  const isMet = Math.abs(addedUs - askedUs) <= limitUs && core <= 0.3
  if (!isMet) missed++
  const times = [direct.p50Us, relayed.p50Us, addedUs, askedUs, addedUs - askedUs, limitUs]
  console.log(
    `${kind.padEnd(9)} ${String(rttMs).padStart(6)} ${times.map(ms).join(' ')}  ${isMet ? 'met   ' : 'MISSED'} ${(core * 100).toFixed(1).padStart(5)} %   ${relayed.own.map(ms).join(' ')}   ${direct.verdict} / ${relayed.verdict}`,
  )
}

async function pushes(clients, network) {
  const {
    trials: [trial],
  } = await runScenario({
    name: 'link-precision',
    feed: { rate: '10/s', arrival: 'periodic' },
    clients,
    transports: ['websocket'],
    phases: { warmup: '500ms', measure: `${seconds}s`, drain: '1s' },
    ...(network === null ? {} : { network }),
  })
  const { status, reasons } = trial.verdict
  return {
    p50Us: trial.transitUs.p50,
    verdict: [status, ...reasons.map(({ code }) => code)].join(' '),
    cpuUs: trial.network?.relays[0].cpuUs ?? 0,
    own: trial.network === null ? [] : [trial.network.toServer, trial.network.toClient].map(({ delayUs }) => delayUs.p50),
  }
}

/** Exchanges of clients that poll in turn. The processes are pinned as in a trial; this program, which is the driver, is where it was started. */
async function exchanges(clients, network) {
  const fleet = new LocalFleet()
  const host = '127.0.0.1'
  const { placement } = placeTrial(clients, await fleet.describe(), true, true)
  const launch = (role, title, cores, spec) => fleet.launch(role, spec, { title, cores, lifetimeMs: 60_000 })
  const feed = { arrival: 'periodic', ratePerSec: 1, payloadBytes: 200, burst: null, trace: null, seed: 1 }
  const transport = { module: 'feedbench:polling', options: {} }
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  try {
    const server = await launch('server', 'feedbench server', placement.server.cores, {
      transport,
      feed,
      trace: null,
      host,
      port: 0,
    })
    let { port } = await server.request('listen', null, 9_000)
    let relay = null
    if (network !== null) {
      const planned = {
        tier: 'relay',
        rttUs: Number.parseFloat(network.rtt) * 1e3,
        jitterUs: 0,
        bandwidthBytesPerSec: null,
        events: [],
      }
      const spec = { relay: 1, host, target: { host, port }, sourceAddresses: [], network: planned, seed: 1 }
      relay = await launch('relay', 'feedbench relay 1', placement.relays[0].cores, spec)
      port = (await relay.request('listen', null, 9_000)).port
    }
    await pollFor(500, clients, { host, port, agent })
    const nowUs = () => Number(process.hrtime.bigint() / 1_000n)
    if (relay !== null) await fleet.barrier('window-start', nowUs())
    const times = await pollFor(Number(seconds) * 1e3, clients, { host, port, agent })
    if (relay !== null) await fleet.barrier('window-end', nowUs())
    const shard = relay === null ? null : await relay.request('collect', null, 9_000)
    return {
      p50Us: times.sort((a, b) => a - b)[times.length >> 1],
      verdict: `${times.length} polls`,
      cpuUs: shard === null ? 0 : shard.usage.cpuUserUs + shard.usage.cpuSystemUs,
      own: shard === null ? [] : [shard.toServerUs, shard.toClientUs].map((text) => decodeHistogram(text).percentile(50)),
    }
  } finally {
    agent.destroy()
    await fleet.abort()
  }
}

/** Microseconds of each exchange: every client once in `POLL_EVERY_MS`, or as soon as its answer is there, one after another. */
async function pollFor(forMs, clients, to) {
  const times = []
  const untilMs = performance.now() + forMs
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      await sleep((client * POLL_EVERY_MS) / clients)
      while (performance.now() < untilMs) {
        const beganMs = performance.now()
        times.push(await exchange(to))
        await sleep(Math.max(0, beganMs + POLL_EVERY_MS - performance.now()))
      }
    }),
  )
  return times
}

function exchange(to) {
  return new Promise((resolve, reject) => {
    const beganMs = performance.now()
    get({ ...to, path: '/poll?after=0' }, (response) => {
      const us = (performance.now() - beganMs) * 1e3
      response.resume().once('end', () => resolve(us))
    }).once('error', reject)
  })
}

function ms(us) {
  return us === null || Number.isNaN(us) ? '      -' : (us / 1e3).toFixed(3).padStart(7)
}
