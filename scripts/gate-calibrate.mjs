// How often a gate raises a false alarm here, and how often it finds what is there: npm run gate:calibrate -- [--gates n] [--only aa,p50,p99,bytes,cpu] [--out folder]
// Each gate is a real one, of this checkout against itself or against itself with something added to the server (gate-calibrate/inject.mjs). It takes about ten minutes a gate: what is
// interrupted goes on when it is started again with the same folder, and gates that are decided are not measured again.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAIN = join(ROOT, 'dist/main.js')
const KINDS = ['aa', 'p50', 'p99', 'bytes', 'cpu']
/** How many, unless --gates says otherwise. */
const GATES = { aa: 20, p50: 10, p99: 10, bytes: 10, cpu: 10 }

/** Of each side, in scenarios/gate.yaml: what a message costs is spent once for all of them. */
const CLIENTS = 20

const { values } = parseArgs({
  options: {
    gates: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string', default: 'results/calibration' },
    scenario: { type: 'string', default: join(ROOT, 'scenarios/gate.yaml') },
    seed: { type: 'string', default: '1' },
  },
})
const out = resolve(values.out)
const kinds = (values.only ?? KINDS.join()).split(',')
const unknown = kinds.filter((kind) => !KINDS.includes(kind))
if (unknown.length > 0) throw new Error(`expected some of ${KINDS.join(', ')}, got ${unknown.join(', ')}`)
mkdirSync(out, { recursive: true })

let interrupted = false
process.once('SIGINT', () => {
  interrupted = true
})

const plain = sideOf('plain', {})
for (const kind of kinds) {
  const gates = Number(values.gates ?? GATES[kind])
  const done = []
  for (let number = 1; number <= gates && !interrupted; number++) done.push(await gate(kind, number))
  report(
    kind,
    done.filter((one) => one !== null),
  )
}

/** A folder with a feedbench in it that is this one, with what is added to its server. */
function sideOf(name, added) {
  const folder = join(out, 'sides', name)
  mkdirSync(join(folder, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'feedbench', type: 'module' }))
  const inject = pathToFileURL(join(ROOT, 'scripts/gate-calibrate/inject.mjs'))
  for (const [key, value] of Object.entries(added)) inject.searchParams.set(key, String(value))
  const main = `import ${JSON.stringify(inject.href)}\nawait import(${JSON.stringify(pathToFileURL(MAIN).href)})\n`
  writeFileSync(join(folder, 'dist/main.js'), main)
  return folder
}

/** What makes a figure of websocket so much worse than it is here, as the first gate of the same against the same has it. */
function addedFor(kind) {
  const pilot = read(join(out, 'aa-1'))
  if (pilot === null)
    throw new Error('expected a first gate aa-1, from which what is added follows: run with --only aa --gates 1 first')
  const figure = (metric) =>
    pilot.verdict.metrics.find((one) => one.label === 'websocket' && one.metric === metric)?.baseline ?? 1_000
  const [p50, p99, cpu] = ['latencyUs.p50', 'latencyUs.windowedP99', 'server.cpuUsPerMessage'].map(figure)
  switch (kind) {
    case 'p50':
      return { delayUs: 0.1 * p50, only: 'websocket' }
    case 'p99':
      // A fifth of the messages, so that nearly every slice has some: they take as long as its p99 does, and a fifth more.
      return { delayUs: 1.2 * p99 - p50, everyNth: 5, only: 'websocket' }
    case 'bytes':
      return { bytes: 2 }
    case 'cpu':
      return { cpuUs: 0.2 * cpu * CLIENTS, only: 'websocket' }
  }
}

/** Processor time is only shown unless a scenario gives it a margin. */
function withCpuMargin() {
  const file = join(out, 'gate-cpu.yaml')
  const text = readFileSync(values.scenario, 'utf8')
  writeFileSync(file, text.replace('server.cpuUsPerMessage: null', 'server.cpuUsPerMessage: 10%'))
  return file
}

async function gate(kind, number) {
  const folder = join(out, `${kind}-${number}`)
  const before = read(folder)
  if (before === null || before.verdict.look === null) {
    const candidate = kind === 'aa' ? plain : sideOf(kind, addedFor(kind))
    const seed = String(Number(values.seed) * 1_000 + KINDS.indexOf(kind) * 100 + number)
    const words =
      before === null
        ? [
            kind === 'cpu' ? withCpuMargin() : values.scenario,
            '--baseline',
            plain,
            '--candidate',
            candidate,
            '--seed',
            seed,
            '--out',
            folder,
          ]
        : ['--resume', folder, '--seed', seed]
    const isOver = before !== null && ['invalid', 'fail'].includes(before.verdict.status) && before.verdict.replaced > 5
    if (!isOver) await run(['gate', ...words, '--progress', 'lines'])
  }
  const result = read(folder)
  if (result !== null)
    console.log(`${kind} ${number}: ${result.verdict.status}: ${result.verdict.why} (${minutesOf(result).toFixed(1)} min)`)
  return result
}

function run(words) {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((done) => child.once('exit', done))
}

function read(folder) {
  const file = join(folder, 'gate.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

/** From the start of the first round to the end of the last, as if that had taken as long as those before it. */
function minutesOf({ rounds }) {
  const starts = rounds.map(({ startedAt }) => Date.parse(startedAt))
  const last = starts.at(-1) ?? 0
  return rounds.length < 2 ? 0 : ((last - starts[0]) / 60e3) * (rounds.length / (rounds.length - 1))
}

function report(kind, results) {
  const count = (status) => results.filter(({ verdict }) => verdict.status === status).length
  const judged = results.length - count('invalid')
  const [low, high] = wilson(count('fail'), judged)
  const what = kind === 'aa' ? 'false alarms' : 'found'
  const minutes = results.map(minutesOf)
  const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length)
  console.log(
    `${kind}: ${what} ${count('fail')} of ${judged} (95 %: ${percent(low)} to ${percent(high)}); pass ${count('pass')}, inconclusive ${count('inconclusive')}, invalid ${count('invalid')}; ` +
      `${mean(results.map(({ verdict }) => verdict.rounds)).toFixed(1)} rounds and ${mean(minutes).toFixed(1)} min on average, ${Math.max(0, ...minutes).toFixed(1)} at most`,
  )
  if (kind !== 'aa' && results.length > 0) console.log(`  achieved: ${achieved(kind, results)}`)
}

/** What the change came to, as the gates estimate it. */
function achieved(kind, results) {
  const metric = { p50: 'latencyUs.p50', p99: 'latencyUs.windowedP99', bytes: 'bytes.perMessage', cpu: 'server.cpuUsPerMessage' }[
    kind
  ]
  const ratios = results.flatMap(({ verdict }) =>
    verdict.metrics.filter((one) => one.label === 'websocket' && one.metric === metric).flatMap(({ ratio }) => ratio ?? []),
  )
  const sorted = ratios.sort((a, b) => a - b)
  return `websocket ${metric} x ${sorted[sorted.length >> 1]?.toFixed(3)} at the median of the gates (${sorted[0]?.toFixed(3)} to ${sorted.at(-1)?.toFixed(3)})`
}

/** Wilson's interval of a share. */
function wilson(hits, of) {
  if (of === 0) return [0, 1]
  const z = 1.96
  const middle = (hits + z ** 2 / 2) / (of + z ** 2)
  const half = (z / (of + z ** 2)) * Math.sqrt((hits * (of - hits)) / of + z ** 2 / 4)
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}
