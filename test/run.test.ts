import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Plan } from '../src/model/plan.js'
import type { Result } from '../src/model/result.js'
import {
  ALL_TRANSPORTS,
  type Ended,
  feedbench,
  ROOT,
  readJournal,
  readResult,
  start,
  temporaryFolder,
  until,
  writeScenario,
} from './command.js'

/** One run of all five transports, and everything that must be true of it whatever the machine was up to. */

const folder = await temporaryFolder()
const out = join(folder, 'out')
const scenario = writeScenario(folder, 'tiny', { transports: ALL_TRANSPORTS, thresholds: ['*.messages.missing == 0'] })
let run: Ended
let result: Result

beforeAll(async () => {
  run = await feedbench(['run', scenario, '--out', out, '--seed', '7'])
  result = readResult(out)
})

describe('the run of a scenario with all five transports', () => {
  test('ends with 0, or with 3 where this machine made a trial invalid', () => {
    const isInvalid = result.trials.some(({ verdict }) => verdict.status === 'invalid')
    expect(run).toMatchObject({ code: isInvalid ? 3 : 0, signal: null })
    expect(result.summary.exitCode).toBe(run.code)
  })

  test('leaves a plan, a journal and a result, and nothing else', async () => {
    expect((await readdir(out)).sort()).toEqual(['plan.json', 'report.html', 'result.json', 'trials.ndjson'])
  })

  test('writes the plan before the first trial, and the result after the last', async () => {
    const written = await Promise.all(['plan.json', 'trials.ndjson', 'result.json'].map((file) => stat(join(out, file))))
    const [plan, journal, whole] = written.map(({ mtimeMs }) => mtimeMs)
    expect(plan).toBeLessThan(journal as number)
    expect(journal).toBeLessThanOrEqual(whole as number)
    const firstStart = Math.min(...result.trials.map(({ startedAt }) => Date.parse(startedAt)))
    expect(plan).toBeLessThanOrEqual(firstStart + 1)
  })

  test('has a line in the journal for each trial, which the result repeats word for word', () => {
    expect(result.trials).toHaveLength(5)
    expect(readJournal(out)).toEqual(result.trials)
  })

  test('has the plan in its result that it wrote down before', async () => {
    const { feedbench, environment, ...plan } = JSON.parse(await readFile(join(out, 'plan.json'), 'utf8')) as Result & Plan
    expect(plan).toEqual(result.plan)
    expect({ feedbench, environment }).toEqual({ feedbench: result.feedbench, environment: result.environment })
  })

  test('has a result as the published JSON Schema wants it', async () => {
    const schema = JSON.parse(await readFile(`${ROOT}docs/schema/result.schema.json`, 'utf8')) as object
    const validate = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(schema)
    validate(result)
    expect(validate.errors ?? []).toEqual([])
  })

  test('runs the trials in the order of the plan', () => {
    expect(result.trials.map(({ index, label }) => `${index} ${label}`)).toEqual(
      result.plan.trials.map(({ index, label }) => `${index} ${label}`),
    )
  })

  test('ends what it prints with the path of the run folder', () => {
    expect(run.stdout.trimEnd().split('\n').at(-1)).toBe(out)
    for (const { label } of result.trials) expect(run.stdout).toContain(label)
  })

  test('neither colours nor shows progress where there is no terminal', () => {
    expect(run.stdout).not.toContain('\x1b')
    expect(run.stderr).toBe('')
  })
})

describe('what a run refuses and prints', () => {
  test('a folder that holds a plan is refused, and left as it was', async () => {
    const before = await readFile(join(out, 'result.json'), 'utf8')
    const again = await feedbench(['run', scenario, '--out', out, '--json'])
    expect(again.code).toBe(2)
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { problems: [{ code: 'E_RUN_EXISTS' }] } })
    expect(await readFile(join(out, 'result.json'), 'utf8')).toBe(before)
  })

  test('with --json, stdout is the result and nothing else, and the folder is named on stderr', async () => {
    const folderOfRun = join(folder, 'as-json')
    const { code, stdout, stderr } = await feedbench([
      ...['run', scenario, '--transports', 'websocket', '--out', folderOfRun, '--seed', '7', '--json'],
    ])
    expect([0, 3]).toContain(code)
    expect(JSON.parse(stdout)).toEqual(readResult(folderOfRun))
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toBe(`${join(folderOfRun, 'report.html')}\n${folderOfRun}\n`)
  })

  test('NO_COLOR and a terminal that is none leave no escape, whatever else the environment says', async () => {
    const { stdout, stderr } = await feedbench(['list'], { env: { NO_COLOR: '1', FORCE_COLOR: '1', TERM: 'xterm-256color' } })
    expect(stdout).toContain('websocket')
    expect(stdout + stderr).not.toContain('\x1b')
  })

  test('a folder with other files is used, and these are left alone', async () => {
    const used = join(folder, 'used')
    await mkdir(used)
    await writeFile(join(used, 'notes.txt'), 'mine')
    await feedbench(['run', scenario, '--transports', 'sse', '--out', used])
    expect(readResult(used).trials).toHaveLength(1)
    expect(await readFile(join(used, 'notes.txt'), 'utf8')).toBe('mine')
  })
})

describe('a plan', () => {
  /** Starts a run, interrupts it as soon as the plan is there, and reads that. */
  async function planOf(name: string, args: readonly string[]): Promise<Plan> {
    const path = join(folder, name)
    const run = start(['run', scenario, '--out', path, ...args])
    await until('the plan', () => existsSync(join(path, 'plan.json')))
    expect(readJournal(path)).toEqual([])
    run.child.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130 })
    return JSON.parse(await readFile(join(path, 'plan.json'), 'utf8')) as Plan
  }

  test('is the same again with the same seed, to the last member', async () => {
    const again = await planOf('again', ['--seed', '7'])
    expect(again).toMatchObject(result.plan)
    expect(Object.keys(again).sort()).toEqual([...Object.keys(result.plan), 'environment', 'feedbench'].sort())
  })

  test('is another with another seed, which it records', async () => {
    const [other, drawn] = [await planOf('other', ['--seed', '8']), await planOf('drawn', [])]
    expect(other.seed).toBe(8)
    expect(drawn.seed).not.toBe(other.seed)
    expect(other.trials.map(({ feed }) => feed.seed)).not.toEqual(result.plan.trials.map(({ feed }) => feed.seed))
  })

  test('takes clients, window, rounds and transports from the command line', async () => {
    const args = ['--clients', '3', '--duration', '1.5', '--rounds', '2', '--transports', 'sse,polling']
    const { trials } = await planOf('options', args)
    expect(trials.map(({ label }) => label).sort()).toEqual(['polling', 'polling', 'sse', 'sse'])
    expect(new Set(trials.map(({ load, phases, round }) => `${load.clients} ${phases.measureUs} ${round}`))).toEqual(
      new Set(['3 1500000 1', '3 1500000 2']),
    )
  })
})
