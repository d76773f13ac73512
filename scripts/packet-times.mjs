/**
 * How far are the reported latencies from those of the packets? Runs WebSocket clients while tcpdump watches loopback, and compares
 * the percentiles of (packet time - intended time) with the result's, with receive times taken in the handler and
 * at the poll's return, pinned and not. Bytes are compared too: the difference must be 0.
 *
 *   node scripts/packet-times.mjs [clients] [rate] [seconds] [rounds]      needs tcpdump, and the right to use it
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Histogram } from '../dist/measure/histogram.js'
import { bytesOfPort, capture } from './pcap.mjs'

const [clients = '500', rate = '10', seconds = '10', rounds = '3'] = process.argv.slice(2)
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const HANDLER_TIME = fileURLToPath(new URL('handler-time-websocket.mjs', import.meta.url))
const MESSAGE = /\{"seq":\d+,"t":(\d+),"p":(\d+),/g

const folder = mkdtempSync(join(tmpdir(), 'feedbench-packets-'))
try {
  console.log(`${clients} WebSocket clients, ${rate} messages/s, ${seconds} s; latencies in ms`)
  console.log(
    'stamp        cores   round  verdict   packet p50  p90   p99   reported p50  p90   p99   error p50   p90   bytes off',
  )
  for (let round = 1; round <= Number(rounds); round++) {
    for (const [stamp, transport] of [
      ['poll return', 'websocket'],
      ['handler', HANDLER_TIME],
    ]) {
      for (const pin of ['on', 'off']) await compare(round, stamp, transport, pin)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}

async function compare(round, stamp, transport, pin) {
  const scenario = join(folder, 'scenario.yaml')
  writeFileSync(
    scenario,
    JSON.stringify({
      name: 'packet-times',
      feed: { rate: `${rate}/s`, arrival: 'poisson', payload: '200B' },
      clients: Number(clients),
      transports: [transport],
      phases: { warmup: '2s', measure: `${seconds}s`, drain: '2s' },
      pin,
    }),
  )
  const out = join(folder, `${round}-${stamp.replace(' ', '-')}-${pin}`)
  const tcp = await capture('tcp')
  // The wall clock of the packets and the monotonic clock of the result.
  const offsetUs = (performance.timeOrigin + performance.now()) * 1e3 - monotonicUs()
  const run = spawn(process.execPath, [MAIN, 'run', scenario, '--out', out, '--seed', String(round)], { stdio: 'ignore' })
  await new Promise((resolve) => run.once('exit', resolve))
  const { packets, dropped } = await tcp.stop()
  if (dropped > 0) throw new Error(`tcpdump dropped ${dropped} packets: use fewer clients`)
  const [trial] = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).trials
  const [{ startUs, endUs }] = trial.windows

  const truth = new Histogram()
  const port = busiestPort(packets)
  for (const { sourcePort, wallUs, payload } of packets) {
    if (sourcePort !== port) continue
    for (const [, intended] of payload.toString('latin1').matchAll(MESSAGE)) {
      const intendedUs = Number(intended)
      if (intendedUs >= startUs && intendedUs < endUs) truth.record(wallUs - offsetUs - intendedUs)
    }
  }
  const bytes = bytesOfPort(packets, port)
  const { lifetime } = trial.bytes
  const off = Math.abs(bytes.fromPort - lifetime.received) + Math.abs(bytes.toPort - lifetime.sent)
  const ms = (us) => (us / 1e3).toFixed(2).padStart(6)
  const reported = trial.latencyUs
  const error = (percent, value) =>
    `${(((value - truth.percentile(percent)) / truth.percentile(percent)) * 100).toFixed(1)} %`.padStart(8)
  console.log(
    [
      stamp.padEnd(12),
      (pin === 'on' ? 'pinned' : 'shared').padEnd(7),
      String(round).padStart(3),
      `   ${trial.verdict.status.padEnd(8)}`,
      `  ${ms(truth.percentile(50))} ${ms(truth.percentile(90))} ${ms(truth.percentile(99))}`,
      `     ${ms(reported.p50)} ${ms(reported.p90)} ${ms(reported.p99)}`,
      `    ${error(50, reported.p50)} ${error(90, reported.p90)}`,
      `   ${off}${truth.count === reported.count ? '' : ` (${truth.count} seen, ${reported.count} reported)`}`,
    ].join(' '),
  )
}

function monotonicUs() {
  const [s, ns] = process.hrtime()
  return s * 1e6 + ns / 1e3
}

/** The feed's port: most packets come from it. */
function busiestPort(packets) {
  const counts = new Map()
  for (const { sourcePort, length } of packets) if (length > 0) counts.set(sourcePort, (counts.get(sourcePort) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
