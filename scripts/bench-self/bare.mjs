import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../dist/measure/clock.js'
import { LocalFleet } from '../../dist/runner/local-fleet.js'
import { builtInModule } from '../../dist/transports/registry.js'

/** The bare contestants, each in processes of its own on the cores that feedbench's server and driver have. Resolves to CPU microseconds a message or poll. */

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const fleet = new LocalFleet()
const { cores, canPin } = await fleet.describe()
const isPinned = canPin && cores.length > 1

/** Of each message of the feed, here and in feedbench's own trials. */
export const PAYLOAD_BYTES = 200
const DEADLINE_MS = 20_000
/** Ten thousand clients take a minute to connect, and their window comes after that. */
const LONGEST_MS = 600_000

/** Against feedbench's server. */
export async function bareReceiver(parameters) {
  return againstServer(parameters.ratePerSec, (port) => measured(here('bare-receiver.mjs'), { ...parameters, port }))
}

export async function bareAutocannon(parameters) {
  return againstServer(parameters.ratePerSec, (port) => measured(here('bare-autocannon.mjs'), { ...parameters, port }))
}

/** Against clients that only read. */
export async function bareWriter(parameters) {
  const writer = start(0, [here('bare-writer.mjs'), JSON.stringify(parameters)])
  const lines = linesOf(writer)
  const { port } = JSON.parse((await lines.next()).value)
  const sink = start(1, [here('bare-receiver.mjs'), JSON.stringify({ ...parameters, kind: 'sink', port })])
  const { cpuUs, count } = JSON.parse((await lines.next()).value)
  sink.kill()
  await Promise.all([ended(sink), ended(writer)])
  return cpuUs / count
}

/** The server that feedbench's own trial has: the same process options, core and feed, so that the answers are alike too. */
async function againstServer(ratePerSec, measure) {
  const spec = {
    transport: { module: builtInModule('polling'), options: { intervalUs: 1e6, mode: 'all' } },
    feed: periodicFeed(ratePerSec),
    trace: null,
    host: '127.0.0.1',
    port: 0,
  }
  const placed = { title: 'feedbench server', cores: isPinned ? [cores[0]] : null, lifetimeMs: LONGEST_MS }
  const server = await fleet.launch('server', spec, placed)
  try {
    const { port } = await server.request('listen', null, DEADLINE_MS)
    const times = { epochUs: systemClock.nowUs(), untilUs: Number.MAX_SAFE_INTEGER, windows: [] }
    await server.request('publish', times, DEADLINE_MS)
    return await measure(port)
  } finally {
    await server.stop(DEADLINE_MS)
  }
}

function periodicFeed(ratePerSec) {
  return { arrival: 'periodic', ratePerSec, payloadBytes: PAYLOAD_BYTES, burst: null, trace: null, seed: 1 }
}

async function measured(program, parameters) {
  const child = start(1, [program, JSON.stringify(parameters)])
  const { value } = await linesOf(child).next()
  await ended(child)
  if (value === undefined) throw new Error(`${program} ${JSON.stringify(parameters)} measured nothing`)
  const { cpuUs, count, failed = 0 } = JSON.parse(value)
  if (failed > 0) throw new Error(`${program} ${JSON.stringify(parameters)}: ${failed} requests failed`)
  return cpuUs / count
}

/** `place` 0 is the server's core, 1 the drivers' first. */
function start(place, args) {
  const stdio = ['ignore', 'pipe', 'inherit']
  return isPinned
    ? spawn('taskset', ['-c', String(cores[place]), process.execPath, ...args], { stdio })
    : spawn(process.execPath, args, { stdio })
}

const linesOf = ({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]()

async function ended(child) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
