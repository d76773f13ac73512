import { cpus } from 'node:os'
import { readScenario, run } from '../../dist/index.js'
import { capture } from '../pcap.mjs'
import { packetLatency } from './packet-latency.mjs'
import { POLL_INTERVAL_MS } from './ways.mjs'

/** Long enough for V8 to compile the driver: after 200 ms, long polling of 100 clients had 2.4 ms of lag at p90, which was no fault of the machine, and after 1 s 0.2 ms. */
const WARMUP = '1s'
/** A poll may bring many messages. */
const SNAP_BYTES = 65_535
/** Where members are pinned, the first is the server's: tcpdump must not take that of the driver. */
const SERVER_CORE = 0
/** This program's own beats, in milliseconds: where they stay away while nothing is done to the driver, the machine stood still. */
const BEAT_MS = 5

/** Trials over some transports: one run, one capture. Resolves to a row a trial, in which `truthUs` is what the packets say, or null. */
export async function measure({ group, way, load, transports, seed, withPackets }) {
  const { clients, rate, measure: length } = load
  const scenario = await readScenario({
    name: 'verdict-classifier',
    feed: { rate, arrival: 'poisson', payload: '200B' },
    clients,
    transports,
    phases: { warmup: WARMUP, measure: length, drain: '2s' },
  })
  const core = cpus().length > 1 ? SERVER_CORE : null
  const tcp = withPackets ? await capture('tcp', { snapBytes: SNAP_BYTES, core }) : null
  const offsetUs = wallOffsetUs()
  const before = { ...process.env }
  Object.assign(process.env, way.environment)
  const pauses = []
  let end = () => {}
  let beats = null
  try {
    const result = await run(scenario, {
      seed,
      on: {
        phase({ phase }) {
          if (phase === 'warmup') end = way.begin()
          if (phase === 'measure') beats = keepBeats()
          if (phase === 'drain') pauses.push(beats.stop())
          if (phase === 'close') end()
        },
      },
    })
    const { packets, dropped } = (await tcp?.stop()) ?? { packets: null, dropped: 0 }
    return result.trials.map((trial, index) => ({
      group,
      way: way.name,
      load: `${clients} clients, ${rate}, ${length}`,
      pausedMs: pauses[index] ?? null,
      trial: withoutHistograms(trial),
      ...(packets === null ? { truthUs: null, unseen: 'not watched' } : truthOf(packets, dropped, offsetUs, trial)),
    }))
  } finally {
    end()
    beats?.stop()
    tcp?.kill()
    process.env = before
  }
}

/** What was dropped was somebody else's where every delivery was seen. */
function truthOf(packets, dropped, offsetUs, trial) {
  const { seen, histogram } = packetLatency(packets, offsetUs, trial, POLL_INTERVAL_MS * 1e3)
  if (histogram === null || (dropped > 0 && seen !== trial.latencyUs.count))
    return { truthUs: null, unseen: `${dropped} packets dropped, ${seen} of ${trial.latencyUs.count} deliveries seen` }
  const [p50, p90, p99] = [50, 90, 99].map((percentile) => histogram.percentile(percentile))
  return { truthUs: { p50, p90, p99 }, unseen: null }
}

/** What the rules of the verdict look at. */
function withoutHistograms({ transport, windows, messages, latencyUs, transitUs, publishDelayUs, driver, machine, verdict }) {
  const kept = { transport, windows, messages, latencyUs, transitUs, publishDelayUs, driver, machine, verdict }
  return JSON.parse(JSON.stringify(kept, (key, value) => (key === 'histogram' ? undefined : value)))
}

/** `stop` returns the longest time between two beats, in milliseconds. */
function keepBeats() {
  let lastMs = performance.now()
  let longestMs = 0
  const beat = () => {
    const nowMs = performance.now()
    longestMs = Math.max(longestMs, nowMs - lastMs)
    lastMs = nowMs
  }
  const timer = setInterval(beat, BEAT_MS)
  return {
    stop() {
      clearInterval(timer)
      beat()
      return longestMs
    },
  }
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
