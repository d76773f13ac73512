// How often a gate raises a false alarm here, and how often it finds what is there: npm run gate:calibrate -- [--minutes n] [--gates n] [--only aa,p50,p99,bytes,cpu] [--out folder] [--record file]
// Each gate is a real one, of this checkout against itself or against itself with something added to the server (gate-calibrate/inject.mjs). Fifty of them take some eight hours: no gate is begun
// after --minutes; what is decided is a line of the record (gate-calibrate/record.mjs) and is not measured again; a gate that was interrupted goes on when it is started again with the same folder.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readCommandLine, refuse } from './command-line.mjs'
import { addLine, linesOf, recordLine } from './gate-calibrate/record.mjs'
import { report } from './gate-calibrate/report.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAIN = join(ROOT, 'dist/main.js')
const KINDS = ['aa', 'p50', 'p99', 'bytes', 'cpu']
/** How many, unless --gates says otherwise. */
const GATES = { aa: 20, p50: 10, p99: 10, bytes: 10, cpu: 10 }

/** Of each side, in scenarios/gate.yaml: what a message costs is spent once for all of them. */
const CLIENTS = 20
/** In a slice of it: one of them is late where the p99 of slices is to be worse, and p90 is not. */
const MESSAGES_IN_A_SLICE = 15

const USAGE = 'npm run gate:calibrate -- [--minutes n] [--gates n] [--only aa,p50,p99,bytes,cpu] [--out folder] [--record file]'

const { values } = readCommandLine(USAGE, {
  options: {
    gates: { type: 'string' },
    minutes: { type: 'string', default: '600' },
    only: { type: 'string' },
    out: { type: 'string', default: 'results/gates/calibration' },
    record: { type: 'string', default: join(ROOT, 'results/calibration/gates.ndjson') },
    scenario: { type: 'string', default: join(ROOT, 'scenarios/gate.yaml') },
    seed: { type: 'string', default: '1' },
  },
})
const out = resolve(values.out)
const kinds = (values.only ?? KINDS.join()).split(',')
const unknown = kinds.filter((kind) => !KINDS.includes(kind))
if (unknown.length > 0) refuse(`expected some of ${KINDS.join(', ')} for --only, got ${unknown.join(', ')}`, USAGE)
for (const name of ['minutes', 'gates'])
  if (values[name] !== undefined && !(Number(values[name]) >= 0))
    refuse(`expected a number for --${name}, got ${values[name]}`, USAGE)
mkdirSync(out, { recursive: true })

let interrupted = false
process.once('SIGINT', () => {
  interrupted = true
})

const untilMs = Date.now() + Number(values.minutes) * 60e3
const plain = sideOf('plain', {})
const wanted = Object.fromEntries(kinds.map((kind) => [kind, Number(values.gates ?? GATES[kind])]))
for (const { kind, number } of due()) if (!interrupted && Date.now() < untilMs) await gate(kind, number)
for (const kind of kinds)
  report(
    kind,
    linesOf(values.record).filter((line) => line.kind === kind),
  )

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

/**
 * All kinds side by side, so that a sitting that ends early has some of each; one without anything added before all others, since what is added follows from
 * its figures and the machine may be another than the last time.
 */
function due() {
  const done = linesOf(values.record)
  const all = kinds.flatMap((kind) => Array.from({ length: wanted[kind] }, (_, index) => ({ kind, number: index + 1 })))
  const open = all.filter(({ kind, number }) => !done.some((line) => line.kind === kind && line.number === number))
  open.sort((one, other) => one.number - other.number)
  const pilot = open.find(({ kind }) => kind === 'aa')
  return pilot === undefined ? open : [pilot, ...open.filter((gate) => gate !== pilot)]
}

/** What makes a figure of websocket so much worse than it is here, as the newest gate of the same against the same has it. */
function addedFor(kind) {
  const pilot = linesOf(values.record).findLast((line) => line.kind === 'aa' && line.websocket !== null)?.websocket
  if (pilot === undefined)
    refuse('expected a gate without anything added before, from which what is added follows: --only aa --gates 1', USAGE)
  switch (kind) {
    case 'p50':
      return { delayUs: 0.1 * pilot.p50Us, only: 'websocket' }
    case 'p99':
      // The p99 of a slice is its third-highest delivery, among those of the message that is late. With 1.2 one gate found 11 % more, with 1.3 two found 17 and 27 %.
      return {
        delayUs: 1.3 * pilot.windowedP99Us - pilot.p90Us,
        everyNth: MESSAGES_IN_A_SLICE,
        nth: MESSAGES_IN_A_SLICE >> 1,
        only: 'websocket',
      }
    case 'bytes':
      return { bytes: 2 }
    case 'cpu':
      return { cpuUs: 0.2 * pilot.cpuUsPerMessage * CLIENTS, only: 'websocket' }
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
  const isDecided = result !== null && (result.verdict.look !== null || ['invalid', 'fail'].includes(result.verdict.status))
  if (!isDecided || interrupted) return
  const line = recordLine(kind, number, result)
  addLine(values.record, line)
  console.log(`${kind} ${number}: ${line.status}: ${line.why} (${line.rounds} rounds, ${line.minutes} min)`)
}

function run(words) {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((done) => child.once('exit', done))
}

function read(folder) {
  const file = join(folder, 'gate.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}
