import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { FeedbenchError, type Problem } from '../model/errors.js'
import { buildPlan, buildResult, buildTrial } from '../testing/builders.js'
import { ENVIRONMENT } from '../testing/environment.js'
import { createRunFolder } from './run-folder.js'

/** Bytes that may still be written before the disk is full; `null`: as many as there are. */
let bytesLeft: number | null = null

vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs/promises')>()
  return {
    ...fs,
    async open(path: string, flags: string) {
      const handle = await fs.open(path, flags)
      const write = handle.writeFile.bind(handle)
      handle.writeFile = async (data) => {
        if (bytesLeft === null) return write(data)
        await write(String(data).slice(0, bytesLeft))
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
      }
      return handle
    },
  }
})

const STARTED_US = Date.UTC(2026, 2, 1, 12, 30, 5) * 1e3
const CONTEXT = { feedbench: { version: '0.1.0' }, environment: ENVIRONMENT }
const [trial, other] = [buildTrial(), buildTrial({ index: 1 })]

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedbench-'))
  bytesLeft = null
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the name of the folder', () => {
  beforeEach(() => {
    const before = process.cwd()
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
    onTestFinished(() => {
      vi.restoreAllMocks()
      expect(process.cwd()).toBe(before)
    })
  })

  test('is the time and the scenario, below results/runs', async () => {
    const run = await createRunFolder(null, 'Quick look: 5 transports!', STARTED_US)
    expect(run.path).toBe(join(folder, 'results', 'runs', '2026-03-01T12-30-05Z-quick-look-5-transports'))
  })

  test('is a name of its own for each of several runs that start in the same second', async () => {
    const runs = await Promise.all(Array.from({ length: 5 }, () => createRunFolder(null, 'quick', STARTED_US)))
    expect(new Set(runs.map(({ path }) => path)).size).toBe(5)
  })

  test.each(['../../etc/passwd', '日本語', '', '.'.repeat(300), `${'x'.repeat(59)}-${'y'.repeat(300)}`])(
    'never leaves results/runs: %s',
    async (name) => {
      const { path } = await createRunFolder(null, name, STARTED_US)
      expect(await readdir(join(folder, 'results', 'runs'))).toEqual([basename(path)])
      expect(basename(path)).toMatch(/^2026-03-01T12-30-05Z-[a-z0-9][a-z0-9-]{0,59}$/)
      expect(path).not.toMatch(/-$/)
    },
  )
})

describe('a folder that is given', () => {
  test('is made, with those above it', async () => {
    const run = await createRunFolder(join(folder, 'a', 'b'), 'quick', STARTED_US)
    await run.writePlan(buildPlan(), CONTEXT)
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['plan.json'])
  })

  test('may exist, and hold other things', async () => {
    await writeFile(join(folder, 'notes.txt'), 'mine')
    await (await createRunFolder(folder, 'quick', STARTED_US)).writePlan(buildPlan(), CONTEXT)
    expect(await readdir(folder)).toEqual(['notes.txt', 'plan.json'])
  })

  test.each(['plan.json', 'trials.ndjson', 'result.json'])('must not hold a %s', async (file) => {
    await writeFile(join(folder, file), '')
    const problem = await problemOf(createRunFolder(folder, 'quick', STARTED_US))
    expect(problem).toMatchObject({
      code: 'E_RUN_EXISTS',
      where: folder,
      message: `expected a folder without a run, but it has a ${file}`,
    })
  })

  test('belongs to the run that writes its plan first', async () => {
    const [first, second] = [await createRunFolder(folder, 'a', STARTED_US), await createRunFolder(folder, 'b', STARTED_US)]
    await first.writePlan(buildPlan({ labels: ['sse'] }), CONTEXT)
    const plan = await readFile(join(folder, 'plan.json'), 'utf8')
    expect(await problemOf(second.writePlan(buildPlan(), CONTEXT))).toMatchObject({ code: 'E_RUN_EXISTS' })
    expect(await readFile(join(folder, 'plan.json'), 'utf8')).toBe(plan)
  })

  test.each([
    ['taken', 'a file is in the way'],
    ['taken/below', 'a file is in the way'],
    ['x'.repeat(300), 'longer than the file system allows'],
    ['nul\0byte', 'got: The argument'],
  ])('that cannot be is one sentence with a hint: %j', async (name, sentence) => {
    await writeFile(join(folder, 'taken'), '')
    const problem = await problemOf(createRunFolder(join(folder, name), 'quick', STARTED_US))
    expect(problem).toMatchObject({
      code: 'E_OUTPUT',
      message: expect.stringContaining(sentence),
      hint: expect.stringContaining('--out'),
    })
    expect(problem.message).not.toMatch(/\n| at /)
  })

  test('that is not writable is found when the plan is written', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows has no such permissions')
    const run = await createRunFolder(folder, 'quick', STARTED_US)
    await chmod(folder, 0o500)
    const problem = await asNobody(() => problemOf(run.writePlan(buildPlan(), CONTEXT)))
    expect(problem).toMatchObject({ code: 'E_OUTPUT', message: expect.stringContaining('not permitted') })
  })

  test('that is removed meanwhile says so', async () => {
    const run = await createRunFolder(join(folder, 'run'), 'quick', STARTED_US)
    await rm(run.path, { recursive: true })
    expect(await problemOf(run.appendTrial(trial))).toMatchObject({
      code: 'E_OUTPUT',
      message: expect.stringContaining('not any more'),
    })
  })
})

test('a trial is a line of the journal as soon as it is over', async () => {
  const run = await createRunFolder(folder, 'quick', STARTED_US)
  await run.appendTrial(trial)
  expect(await journal()).toEqual([trial])
  await run.appendTrial(other)
  expect(await journal()).toEqual([trial, other])
})

test('a result takes the place of the one before at once', async () => {
  const run = await createRunFolder(folder, 'quick', STARTED_US)
  await run.writeResult(buildResult())
  const longer = buildResult({ rounds: 2 })
  await run.writeResult(longer)
  expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).toEqual(longer)
  expect(await readdir(folder)).toEqual(['result.json'])
})

describe('when the disk is full', () => {
  test('the journal keeps what it had, and the next line stands by itself', async () => {
    const run = await createRunFolder(folder, 'quick', STARTED_US)
    await run.appendTrial(trial)
    bytesLeft = 700
    expect(await problemOf(run.appendTrial(other))).toMatchObject({
      code: 'E_OUTPUT',
      message: expect.stringContaining('no space left'),
    })
    bytesLeft = null
    await run.appendTrial(other)
    expect(await journal()).toEqual([trial, other])
  })

  test('a result that does not fit leaves the one before', async () => {
    const run = await createRunFolder(folder, 'quick', STARTED_US)
    await run.writeResult(buildResult())
    bytesLeft = 700
    expect(await problemOf(run.writeResult(buildResult({ rounds: 2 })))).toMatchObject({ code: 'E_OUTPUT' })
    expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).toEqual(buildResult())
    expect(await readdir(folder)).toEqual(['result.json'])
  })

  test('a plan that does not fit is not left half', async () => {
    const run = await createRunFolder(join(folder, 'run'), 'quick', STARTED_US)
    bytesLeft = 100
    expect(await problemOf(run.writePlan(buildPlan(), CONTEXT))).toMatchObject({
      code: 'E_OUTPUT',
      hint: expect.stringContaining('free some space'),
    })
    expect(await readdir(run.path)).toEqual([])
  })
})

test('a folder where the result should be is an error, and no draft remains', async () => {
  const run = await createRunFolder(folder, 'quick', STARTED_US)
  await mkdir(join(folder, 'result.json', 'below'), { recursive: true })
  expect(await problemOf(run.writeResult(buildResult()))).toMatchObject({
    code: 'E_OUTPUT',
    message: expect.stringContaining('a folder is in the way'),
  })
  expect(await readdir(folder)).toEqual(['result.json'])
})

/** Root may write everywhere. */
async function asNobody<T>(action: () => Promise<T>): Promise<T> {
  const user = process.geteuid?.()
  if (user === 0) process.seteuid?.(65_534)
  try {
    return await action()
  } finally {
    if (user === 0) process.seteuid?.(0)
  }
}

async function journal(): Promise<unknown[]> {
  const lines = (await readFile(join(folder, 'trials.ndjson'), 'utf8')).split('\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) => JSON.parse(line) as unknown)
}

async function problemOf(action: Promise<unknown>): Promise<Problem> {
  const error = await action.then(
    () => new Error('expected an error'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(FeedbenchError)
  return (error as FeedbenchError).problems[0]!
}
