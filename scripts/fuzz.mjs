// Feeds mutated scenarios and run folders to what reads them: npm run build && node scripts/fuzz.mjs --cases 100000 --seed 1
// Prints how many were accepted and refused, the slowest, and each kind of bug with the case that showed it first; ends with 1 where there is one.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { readCommandLine } from './command-line.mjs'
import { mutatedBytes, mutatedValues } from './fuzz/mutations.mjs'
import { runTarget, scenarioTarget } from './fuzz/targets.mjs'

/** Cases that are drawn at a time, each from a seed of its own. */
const DRAWN = 500

const USAGE = 'node scripts/fuzz.mjs [--cases n] [--seed n] [--only scenario|run]'

const { values: options } = readCommandLine(USAGE, {
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'feedbench-fuzz-run-'))
makeRun()

const scenarios = scenarioTarget()
const runs = runTarget(join(folder, 'run'))
const KINDS = [
  { name: 'scenario, bytes', target: scenarios, arbitrary: mutatedBytes },
  { name: 'scenario, values', target: scenarios, arbitrary: mutatedValues },
  { name: 'run, bytes', target: runs, arbitrary: mutatedBytes },
  { name: 'run, values', target: runs, arbitrary: mutatedValues },
].filter(({ name }) => options.only === undefined || name.startsWith(options.only))

const bugs = new Map()
for (const [index, kind] of KINDS.entries()) {
  const cases = Math.ceil(Number(options.cases) / KINDS.length)
  const counts = { accepted: 0, refused: 0, bugs: 0 }
  const slowest = { ms: 0, which: '' }
  let totalMs = 0
  for (let from = 0; from < cases; from += DRAWN) {
    const seed = (Number(options.seed) * 1_000_003 + index * 7_919 + from) | 0
    const drawn = fc.sample(kind.arbitrary, { numRuns: Math.min(DRAWN, cases - from), seed })
    for (const [place, mutated] of drawn.entries()) {
      const which = `seed ${seed} case ${place}`
      const startMs = performance.now()
      try {
        counts[await kind.target.run(mutated)]++
      } catch (error) {
        counts.bugs++
        note(kind.name, which, error, mutated)
      }
      const ms = performance.now() - startMs
      totalMs += ms
      if (ms > slowest.ms) Object.assign(slowest, { ms, which })
    }
  }
  const mean = (totalMs / cases).toFixed(2)
  console.log(
    `${kind.name.padEnd(17)} ${cases} cases: ${counts.accepted} accepted, ${counts.refused} refused, ${counts.bugs} bugs; mean ${mean} ms, slowest ${slowest.ms.toFixed(0)} ms (${slowest.which})`,
  )
}
runs.close()
rmSync(folder, { recursive: true })
for (const [signature, { count, first }] of bugs) console.log(`\nBUG (${count} times) ${signature}\n${first}`)
process.exitCode = bugs.size === 0 ? 0 : 1

/** Errors of one place are one bug. */
function note(kind, which, error, mutated) {
  const stack = String(error?.stack ?? error)
  const frame = /\n\s+at (?!.*(?:node:|orProblems))(.*)/.exec(stack)?.[1] ?? ''
  const signature = `${String(error?.message ?? error)
    .replaceAll(/\d+/g, '#')
    .slice(0, 160)} | ${frame}`
  const bug = bugs.get(signature)
  if (bug !== undefined) bug.count++
  else {
    const shown = JSON.stringify(mutated, (_, value) =>
      typeof value === 'string' && value.length > 200 ? `${value.slice(0, 200)}…` : value,
    )
    bugs.set(signature, { count: 1, first: `${kind}, ${which}\n${shown.slice(0, 1_500)}\n${stack.slice(0, 1_500)}` })
  }
}

/** A real run folder, as small as one can be. */
function makeRun() {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
  const scenario = join(folder, 'small.yaml')
  writeFileSync(
    scenario,
    JSON.stringify({
      name: 'small',
      feed: { rate: '20/s' },
      clients: 2,
      transports: [{ polling: { interval: '100ms' } }, 'websocket'],
      phases: { warmup: '100ms', measure: '500ms', drain: '30s' },
      thresholds: ['*.latencyUs.p97 < 10s', '*.messages.missing == 0'],
    }),
  )
  try {
    execFileSync(process.execPath, [main, 'run', scenario, '--out', join(folder, 'run')], { stdio: 'pipe' })
  } catch (error) {
    // Too little data, or a busy machine, makes an invalid trial: that is a run too.
    if (error.status !== 3) throw error
  }
}
