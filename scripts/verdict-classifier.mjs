/**
 * Does the verdict tell a driver that is kept from running from one that is left alone, and how wrong was the latency when it said valid, degraded, invalid? Short trials over all
 * transports while tcpdump watches loopback. On a machine that does nothing else; needs tcpdump, and the right to use it, or `--no-packets`.
 *
 *   node scripts/verdict-classifier.mjs [--starved n] [--healthy n] [--mild n] [--seed n] [--no-packets] [--rows file] [--minutes m] [--out file]
 *
 * 100, 100 and 0 take about twenty minutes. With `--rows` each run of five trials is written down as soon as it is there, and what stands in the file is not measured again:
 * a command that was ended, or had to stop after so many `--minutes`, goes on where it was when it is given once more. `--minutes 0` measures nothing, and judges what is there by the rules
 * as they are now.
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { readCommandLine } from './command-line.mjs'
import { measure } from './verdict-classifier/measure.mjs'
import { lineOf, renderClassifier } from './verdict-classifier/render.mjs'
import { judged, openRows } from './verdict-classifier/rows.mjs'
import { HEALTHY, LOADS, MILD, STARVED, TRANSPORTS } from './verdict-classifier/ways.mjs'

const USAGE =
  'node scripts/verdict-classifier.mjs [--starved n] [--healthy n] [--mild n] [--seed n] [--no-packets] [--rows file] [--minutes m] [--out file]'

const { values } = readCommandLine(USAGE, {
  options: {
    starved: { type: 'string', default: '100' },
    healthy: { type: 'string', default: '100' },
    mild: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    'no-packets': { type: 'boolean', default: false },
    rows: { type: 'string' },
    minutes: { type: 'string' },
    out: { type: 'string' },
  },
})
const seed = Number(values.seed)
const withPackets = !values['no-packets']
const store = openRows(values.rows, { seed, withPackets })
const untilMs = values.minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(values.minutes) * 60e3
/** In a row: something is wrong that more of the same does not mend. */
const MOST_FAILURES = 3

let failures = 0
let left = 0
for (const { key, group, way, load, transports, runSeed } of turns()) {
  if (store.has(key)) continue
  if (performance.now() >= untilMs) {
    left++
    continue
  }
  try {
    const rows = await measure({ group, way, load, transports, seed: runSeed, withPackets })
    store.add(key, rows)
    for (const row of rows) process.stderr.write(`${lineOf(judged(row))}\n`)
    failures = 0
  } catch (error) {
    process.stderr.write(`${key} failed: ${error.message}\n`)
    left++
    if (++failures === MOST_FAILURES) throw new Error('too many runs failed, one after another', { cause: error })
  }
}
if (left > 0) process.stderr.write(`${left} runs are left: the same command goes on with them\n`)

const text = renderClassifier(store.rows.map(judged), {
  seed,
  node: process.version,
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  withPackets,
})
process.stdout.write(text)
if (values.out !== undefined) writeFileSync(values.out, text)
process.exitCode = left > 0 ? 1 : 0

/** Of each group by turns, so that what the machine does meanwhile happens to all of them; each with its key in the file. */
function turns() {
  const groups = [
    ['starved', STARVED, Number(values.starved)],
    ['healthy', HEALTHY, Number(values.healthy)],
    ['mild', MILD, Number(values.mild)],
  ]
  const most = Math.max(...groups.map(([, , trials]) => Math.ceil(trials / TRANSPORTS.length)))
  return Array.from({ length: most }, (_, turn) => turn).flatMap((turn) =>
    groups.flatMap(([group, ways, trials]) => {
      const wanted = Math.min(TRANSPORTS.length, trials - turn * TRANSPORTS.length)
      if (wanted <= 0) return []
      // Turned, so that each comes to its turn where there are fewer trials than transports.
      const transports = TRANSPORTS.map((_, index) => TRANSPORTS[(index + seed + turn) % TRANSPORTS.length]).slice(0, wanted)
      // Each way meets each load.
      const load = LOADS[(turn + Math.floor(turn / ways.length)) % LOADS.length]
      return [{ key: `${group}/${turn}/${wanted}`, group, way: ways[turn % ways.length], load, transports, runSeed: seed + turn }]
    }),
  )
}
