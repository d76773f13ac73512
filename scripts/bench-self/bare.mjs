import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LocalFleet } from '../../dist/runner/local-fleet.js'

/** The bare contestants, each in processes of its own on the cores that feedbench's server and driver have. Resolves to CPU microseconds a message or poll. */

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const MAIN = here('../../dist/main.js')
const { cores, canPin } = await new LocalFleet().describe()
const isPinned = canPin && cores.length > 1

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

async function againstServer(ratePerSec, measure) {
  const server = start(0, [MAIN, 'serve', '--port', '0', '--rate', `${ratePerSec}/s`])
  try {
    for await (const line of linesOf(server)) {
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      if (port !== undefined) return await measure(Number(port))
    }
    throw new Error('the server ended before it listened')
  } finally {
    server.kill()
    await ended(server)
  }
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
