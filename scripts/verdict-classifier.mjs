/**
 * Does the verdict tell a driver that is kept from running from one that is left alone, and how wrong was the latency when it said valid, degraded, invalid? Short trials over all
 * transports while tcpdump watches loopback. On a machine that does nothing else; needs tcpdump, and the right to use it.
 *
 *   node scripts/verdict-classifier.mjs [--trials n] [--healthy n] [--mild n] [--seed n] [--out file]      100, 100 and 0 take about twelve minutes
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { byLag, byLateness, doubtsOf } from '../dist/analysis/driver-doubts.js'
import { LIMITS, SUPPORT } from '../dist/analysis/evidence.js'
import { readScenario, run } from '../dist/index.js'
import { capture } from './pcap.mjs'
import { packetLatency } from './verdict-classifier/packet-latency.mjs'
import { errorOf, isFlagged, isFlaggedForDriver, ms, renderClassifier } from './verdict-classifier/render.mjs'
import { HEALTHY, MILD, STARVED } from './verdict-classifier/ways.mjs'

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '100' },
    healthy: { type: 'string', default: '100' },
    mild: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
})
const seed = Number(values.seed)
const INTERVAL_MS = 100
const TRANSPORTS = [{ polling: { interval: `${INTERVAL_MS}ms` } }, 'long-polling', 'http-streaming', 'sse', 'websocket']
/** The first has enough messages in a second for p50 and p90 to be judged, the second for p99 too. */
const LOADS = [
  { clients: 20, rate: '60/s' },
  { clients: 10, rate: '450/s' },
]
/** A poll may bring many messages. */
const SNAP_BYTES = 65_535
/** Where members are pinned, the first is the server's: tcpdump must not take that of the driver. */
const SERVER_CORE = 0

/** Rows of each run, as soon as its packets are there. */
const pending = []
const groups = [
  ['starved', STARVED, Number(values.trials)],
  ['healthy', HEALTHY, Number(values.healthy)],
  ['mild', MILD, Number(values.mild)],
]
// By turns, so that what the machine does meanwhile happens to all of them.
const most = Math.max(...groups.map(([, , trials]) => Math.ceil(trials / TRANSPORTS.length)))
for (let turn = 0; turn < most; turn++) {
  for (const [group, ways, trials] of groups) {
    const wanted = Math.min(TRANSPORTS.length, trials - turn * TRANSPORTS.length)
    if (wanted <= 0) continue
    const load = LOADS[(turn + Math.floor(turn / ways.length)) % LOADS.length]
    pending.push((await measure(group, ways[turn % ways.length], load, wanted, seed + turn)).rows)
  }
}
const rows = (await Promise.all(pending)).flat()

const text = renderClassifier(rows, {
  seed,
  node: process.version,
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  limits: LIMITS,
})
process.stdout.write(text)
if (values.out !== undefined) writeFileSync(values.out, text)

/** Trials over the first so many transports: one run, one capture. */
async function measure(group, way, { clients, rate }, trials, runSeed) {
  const scenario = await readScenario({
    name: 'verdict-classifier',
    feed: { rate, arrival: 'poisson', payload: '200B' },
    clients,
    // Turned, so that each comes to its turn where there are fewer trials than transports.
    transports: TRANSPORTS.map((_, index) => TRANSPORTS[(index + runSeed) % TRANSPORTS.length]).slice(0, trials),
    phases: { warmup: '200ms', measure: '1s', drain: '2s' },
  })
  const before = { ...process.env }
  Object.assign(process.env, way.environment)
  const tcp = await capture('tcp', { snapBytes: SNAP_BYTES, core: cpus().length > 1 ? SERVER_CORE : null })
  const offsetUs = wallOffsetUs()
  let end = () => {}
  const result = await run(scenario, {
    seed: runSeed,
    on: {
      phase({ phase }) {
        if (phase === 'warmup') end = way.begin()
        if (phase === 'close') end()
      },
    },
  }).finally(() => end())
  process.env = before
  // The next run may begin meanwhile.
  const rows = tcp.stop().then(({ packets, dropped }) =>
    result.trials.map((trial) => {
      const { seen, histogram } = packetLatency(packets, offsetUs, trial, INTERVAL_MS * 1e3)
      // What was dropped was somebody else's where every delivery was seen.
      const isSeen = histogram !== null && (dropped === 0 || seen === trial.latencyUs.count)
      const row = rowOf(group, way.name, trial, isSeen ? histogram : null)
      const unseen = isSeen ? '' : ` (${dropped} packets dropped, ${seen} of ${trial.latencyUs.count} seen)`
      process.stderr.write(`${lineOf(row)}${unseen}\n`)
      return row
    }),
  )
  return { rows }
}

function rowOf(group, way, trial, truth) {
  const { transport, verdict, latencyUs, messages } = trial
  const limits = { degraded: 0, invalid: Number.POSITIVE_INFINITY }
  const shareBy = (added, floorUs) =>
    Math.max(0, ...doubtsOf({ trial, drivers: [] }, added, floorUs, limits).map(({ share }) => share))
  const [lagShare, lateShare] = [shareBy(byLag, LIMITS.lagFloorUs), shareBy(byLateness, LIMITS.lateFloorUs)]
  return {
    group,
    way,
    transport,
    status: verdict.status,
    codes: verdict.reasons.filter(({ severity }) => severity !== 'finding').map(({ code }) => code),
    judged: SUPPORT.filter((support) => messages.published >= support.messages).map(({ percentile }) =>
      Number(percentile.slice(1)),
    ),
    reportedUs: latencyUs,
    truthUs: truth === null ? null : { p50: truth.percentile(50), p90: truth.percentile(90), p99: truth.percentile(99) },
    lagShare,
    lateShare,
    frozenUs: trial.driver.frozenUs,
    addedShare: Math.max(lagShare, lateShare),
  }
}

function lineOf(row) {
  const { group, way, transport, status, codes, lagShare, lateShare, frozenUs, truthUs } = row
  const errors = [50, 90, 99].map((percentile) => {
    const error = errorOf(row, percentile)
    return error === null ? 'unseen' : `${ms(error.truthUs)} ${error.errorUs < 0 ? '' : '+'}${ms(error.errorUs)}`
  })
  const flag = isFlaggedForDriver({ codes }) ? 'driver' : isFlagged({ status }) ? 'machine' : ''
  return [
    group.padEnd(7),
    way.padEnd(48),
    transport.padEnd(14),
    status.padEnd(8),
    flag.padEnd(7),
    `lag ${lagShare.toFixed(2)} late ${lateShare.toFixed(2)} frozen ${ms(frozenUs)}`.padEnd(40),
    truthUs === null ? 'packets not found' : errors.join(', '),
    codes.join(' '),
  ].join(' ')
}

/** Wall clock less monotonic clock. The wall clock is read in milliseconds: at the moment at which it changes they are exact. */
function wallOffsetUs() {
  let offsetUs = Number.NEGATIVE_INFINITY
  for (let change = 0; change < 10; change++) {
    const before = Date.now()
    let now = before
    while (now === before) now = Date.now()
    const [s, ns] = process.hrtime()
    // Noticed late, never early.
    offsetUs = Math.max(offsetUs, now * 1e3 - (s * 1e6 + ns / 1e3))
  }
  return offsetUs
}
