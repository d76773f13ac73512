// What reads files that may come from anywhere, and what must hold of it whatever it is given.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { summarize } from '../../dist/analysis/summary.js'
import { pageAssets } from '../../dist/library/page-assets.js'
import { ERROR_CODES, FeedbenchError, formatProblem } from '../../dist/model/errors.js'
import { REPORT_FORMATS } from '../../dist/report/formats.js'
import { renderTerminal } from '../../dist/report/terminal.js'
import { planSchema } from '../../dist/results/plan-schema.js'
import { readRun } from '../../dist/results/read.js'
import { placeTrial } from '../../dist/runner/placement.js'
import { makePlan, readScenario } from '../../dist/scenario/load.js'
import { mutateBytes, mutateValues } from './mutations.mjs'

const SCENARIOS = fileURLToPath(new URL('../../scenarios/', import.meta.url))

/** All keys at once. */
const FULL = `name: full
description: all keys at once
feed: { rate: 20/s, arrival: burst, payload: 200B, burst: { size: 5, gap: 1ms, spread: 1 } }
clients: 100
transports:
  - polling: { interval: 1s }
  - polling: { interval: 2s, mode: latest }
  - long-polling: { hold: 20s }
  - sse: { coalesce: on, heartbeat: 10s }
  - websocket
phases: { warmup: 1s, measure: 5s, drain: 2s }
connect: { rate: 500/s, timeout: 10s }
rounds: 2
seed: 7
thresholds: [ "websocket.latencyUs.p99 < 100ms", "*.messages.missing == 0" ]
matrix: { clients: [100, 200], feed.rate: [5/s, 20/s], coalesce: [on, off] }
headers: { X-Trace: abc, DNT: 1 }
pin: off
`

const FLEET = {
  kind: 'fuzz',
  cores: [0, 1, 2, 3],
  descriptorsPerProcess: 65_536,
  portsPerAddress: 28_000,
  addresses: ['127.0.0.1'],
  memoryFreeBytes: 4e9,
  canPin: true,
  clock: { domain: 'fuzz', offsetUs: 0, errorUs: 0 },
}

/** Longer than anything that a report of a small run should be, whatever its texts. */
const LONGEST_REPORT = 64 << 20

const pick = (list, share) => list[Math.floor(share * list.length)]

/** The reader of scenarios: problems, or a plan that the reader of plans accepts. */
export function scenarioTarget() {
  const files = readdirSync(SCENARIOS).filter((file) => file.endsWith('.yaml'))
  const texts = [...files.map((file) => readFileSync(join(SCENARIOS, file), 'utf8')), FULL]
  const values = texts.map((text) => parse(text))
  return {
    async run(mutated) {
      const text =
        mutated.bytes === undefined
          ? mutateValues(pick(values, mutated.file), mutated.values)
          : mutateBytes(Buffer.from(pick(texts, mutated.file)), mutated.bytes).toString()
      return orProblems(async () => {
        const scenario = await readScenario(text, { file: join(SCENARIOS, 'mutated.yaml') })
        planSchema.parse(makePlan(scenario, FLEET, placeTrial, { seed: 1 }))
      })
    },
    close() {},
  }
}

/** The reader of runs, through files: `result.json`, or plan and journal of a run that was killed. What it accepts is shown. */
export function runTarget(runFolder) {
  const folder = mkdtempSync(join(tmpdir(), 'feedbench-fuzz-'))
  const result = readFileSync(join(runFolder, 'result.json'))
  const plan = readFileSync(join(runFolder, 'plan.json'))
  const journal = readFileSync(join(runFolder, 'trials.ndjson'))
  const lines = journal
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  /** Each writes the files of a run into the folder, one of them changed. */
  const kinds = [
    (change) => ({ 'result.json': change(result, JSON.parse(result.toString())) }),
    (change) => ({ 'plan.json': change(plan, JSON.parse(plan.toString())), 'trials.ndjson': journal }),
    (change) => ({ 'plan.json': plan, 'trials.ndjson': change(journal, lines) }),
  ]
  return {
    async run(mutated) {
      const files = pick(
        kinds,
        mutated.file,
      )((bytes, value) => {
        if (mutated.bytes !== undefined) return mutateBytes(bytes, mutated.bytes)
        const text = mutateValues(value, mutated.values)
        // A journal is a list of lines.
        return Array.isArray(value) ? `${text.slice(1, -1).replaceAll('},{"index"', '}\n{"index"')}\n` : text
      })
      for (const name of ['result.json', 'plan.json', 'trials.ndjson']) rmSync(join(folder, name), { force: true })
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
      return orProblems(async () => show(await readRun(folder, summarize)))
    },
    close() {
      rmSync(folder, { recursive: true })
    },
  }
}

function show(run) {
  for (const { render } of Object.values(REPORT_FORMATS)) checkText(render([run, run], pageAssets))
  for (const width of [40, 120]) checkText(renderTerminal(run, { colour: false, width }))
}

function checkText(text) {
  if (text.length > LONGEST_REPORT) throw new Error(`a report of ${text.length} characters`)
  const control = /(?!\r?\n)[\p{Cc}\p{Cs}]/u.exec(text)
  if (control !== null) throw new Error(`a control character in a report: ${JSON.stringify(control[0])}`)
}

/** `accepted`, or `refused` with problems that are as they should be. Whatever else comes is a bug, and is thrown. */
async function orProblems(read) {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof FeedbenchError)) throw error
    if (error.problems.length === 0) throw new Error('an error without a problem')
    for (const problem of error.problems) {
      const text = formatProblem(problem)
      if (ERROR_CODES[problem.code] === undefined || problem.where === '') throw new Error(`an odd problem: ${text}`)
      if (problem.message.length > 2_000)
        throw new Error(`a problem of ${problem.message.length} characters: ${text.slice(0, 300)}`)
      if (/\n|undefined|\[object/.test(problem.message)) throw new Error(`a problem in the language of programs: ${text}`)
    }
    return 'refused'
  }
  if (Object.keys(Object.prototype).length > 0) throw new Error('the prototype of all objects was changed')
  return 'accepted'
}
