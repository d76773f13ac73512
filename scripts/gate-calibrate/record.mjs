import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** The gates that were decided, a line each: kept in the repository, since fifty of them take more than one sitting. */
export function linesOf(file) {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

export function addLine(file, line) {
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(line)}\n`)
}

/** What is kept of a gate: what it said, what it took, what the change came to, and on which machine and of which commit. */
export function recordLine(kind, number, { seed, verdict, rounds, environment }) {
  const { cpu, node, os, git } = environment
  return {
    kind,
    number,
    seed,
    status: verdict.status,
    why: verdict.why,
    look: verdict.look,
    rounds: verdict.rounds,
    replaced: verdict.replaced,
    minutes: Math.round(minutesOf(rounds) * 10) / 10,
    ratio: ratioOf(kind, verdict),
    websocket: websocketOf(verdict),
    startedAt: rounds[0]?.startedAt ?? null,
    commit: git?.revision ?? null,
    machine: `${cpu.model}, ${cpu.cores} cores, Node.js ${node.version}, ${os.platform} ${os.release}`,
  }
}

const METRICS = { p50: 'latencyUs.p50', p99: 'latencyUs.windowedP99', bytes: 'bytes.perMessage', cpu: 'server.cpuUsPerMessage' }

/** What the change came to, as the gate estimates it; `null` where nothing was added. */
function ratioOf(kind, { metrics }) {
  const found = metrics.find(({ label, metric }) => label === 'websocket' && metric === METRICS[kind])
  return found?.ratio == null ? null : Math.round(found.ratio * 1e4) / 1e4
}

/** The baseline's figures, of which what is added to later gates is a share. */
function websocketOf({ metrics }) {
  const figure = (name) => metrics.find(({ label, metric }) => label === 'websocket' && metric === name)?.baseline ?? null
  const [p50Us, p90Us, windowedP99Us, cpuUsPerMessage] = [
    'latencyUs.p50',
    'latencyUs.p90',
    'latencyUs.windowedP99',
    'server.cpuUsPerMessage',
  ].map(figure)
  return [p50Us, p90Us, windowedP99Us, cpuUsPerMessage].includes(null) ? null : { p50Us, p90Us, windowedP99Us, cpuUsPerMessage }
}

/** From the start of the first round to the end of the last, each as long as until the next began; a gap in which the gate was interrupted, and the last, are as long as the others. */
function minutesOf(rounds) {
  const starts = rounds.map(({ startedAt }) => Date.parse(startedAt))
  const gapsMs = starts.slice(1).map((start, index) => start - starts[index])
  const usualMs = gapsMs.toSorted((one, other) => one - other)[gapsMs.length >> 1] ?? 0
  return gapsMs.reduce((sum, gapMs) => sum + (gapMs > 3 * usualMs ? usualMs : gapMs), usualMs) / 60e3
}
