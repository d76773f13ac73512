import { appendFile, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { summarize } from '../analysis/summary.js'
import { FeedbenchError, type Problem } from '../model/errors.js'
import { buildResult } from '../testing/builders.js'
import { readRun } from './read.js'
import { createRunFolder } from './run-folder.js'

const result = buildResult({ labels: ['polling', 'sse', 'websocket'] })

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedbench-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a run that finished', () => {
  beforeEach(() => writeFile(file('result.json'), JSON.stringify(result)))

  test('is read from its folder', async () => {
    expect(await readRun(folder, summarize)).toEqual(result)
  })

  test('is read from its result.json, whatever that is called', async () => {
    await writeFile(file('baseline.json'), JSON.stringify(result))
    expect(await readRun(file('baseline.json'), summarize)).toEqual(result)
  })
})

describe('a run that was killed', () => {
  beforeEach(() => writeJournal(2))

  test('is what its journal holds, and says that it did not finish', async () => {
    const read = await readRun(folder, summarize)
    expect(read).toMatchObject({ plan: result.plan, feedbench: result.feedbench, environment: result.environment })
    expect(read.trials).toEqual(result.trials.slice(0, 2))
    expect(read.summary).toMatchObject({ endedEarly: 'the run did not finish', trials: { planned: 3, finished: 2 } })
  })

  test.each([1, 100, 1500])('has a torn last line passed over that ends after %d bytes', async (length) => {
    await appendFile(file('trials.ndjson'), JSON.stringify(result.trials[2]).slice(0, length))
    expect((await readRun(folder, summarize)).trials).toEqual(result.trials.slice(0, 2))
  })

  test('has no trials where there is no journal yet', async () => {
    await rm(file('trials.ndjson'))
    expect((await readRun(folder, summarize)).trials).toEqual([])
  })

  test('is refused where a line in the middle is broken, by its number', async () => {
    const [first, second] = (await readFile(file('trials.ndjson'), 'utf8')).split('\n')
    await writeFile(file('trials.ndjson'), `${first}\n${second?.slice(0, 200)}\n${second}\n`)
    expect(await problemsOf(folder)).toMatchObject([{ code: 'E_RESULT_SCHEMA', where: `${file('trials.ndjson')}:2` }])
  })

  test('is refused where a trial is there twice, or is not in the plan', async () => {
    await appendFile(
      file('trials.ndjson'),
      `${JSON.stringify(result.trials[0])}\n${JSON.stringify({ ...result.trials[2], index: 77 })}\n`,
    )
    expect(await problemsOf(folder)).toMatchObject([
      { where: `${file('trials.ndjson')}:3`, message: 'expected each trial once, got index 0 again' },
      { where: `${file('trials.ndjson')}:4`, message: 'expected a trial of the plan, got index 77' },
    ])
  })

  test('is refused where its plan is torn', async () => {
    await writeFile(file('plan.json'), (await readFile(file('plan.json'), 'utf8')).slice(0, 500))
    expect(await problemsOf(folder)).toMatchObject([{ code: 'E_RESULT_SCHEMA', where: file('plan.json') }])
  })
})

describe('what is no run', () => {
  test.each([
    ['nothing', 'missing', 'E_FILE_NOT_FOUND'],
    ['an empty folder', '.', 'E_NOT_A_RUN'],
    ['a scenario', 'quick.yaml', 'E_NOT_A_RUN'],
    ['an empty file', 'empty.json', 'E_NOT_A_RUN'],
    ['a plan', 'plan.json', 'E_NOT_A_RUN'],
    ['a name below a file', 'empty.json/result.json', 'E_FILE_NOT_FOUND'],
    ['a name with a NUL', 'a\0b', 'E_FILE_NOT_FOUND'],
  ])('is refused: %s', async (_, path, code) => {
    await writeFile(file('quick.yaml'), 'name: quick\n')
    await writeFile(file('empty.json'), '')
    if (path === 'plan.json') await writeFile(file(path), JSON.stringify(result.plan))
    expect(await problemsOf(join(folder, path))).toMatchObject([{ code }])
  })

  test('is refused where it is a device', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows has no such file')
    expect(await problemsOf('/dev/zero')).toMatchObject([{ code: 'E_NOT_A_RUN' }])
  })

  test('is refused before it is read where it is too large', async () => {
    const handle = await open(file('result.json'), 'w')
    await handle.truncate(513 * 2 ** 20)
    await handle.close()
    expect(await problemsOf(folder)).toMatchObject([{ code: 'E_FILE_TOO_LARGE', where: file('result.json') }])
  })
})

describe('a result of the wrong shape', () => {
  test.each<[string, (text: string) => string, Partial<Problem>]>([
    ['torn', (text) => text.slice(0, -5), { message: expect.stringContaining('expected JSON') }],
    [
      'newer',
      (text) => text.replace('"schemaVersion":2', '"schemaVersion":3'),
      { message: 'expected 2, got 3', hint: expect.stringContaining('newer') },
    ],
    [
      'of no known version',
      (text) => text.replace('"schemaVersion":2', '"schemaVersion":"2"'),
      { message: 'expected 2, got a string' },
    ],
    [
      'NaN',
      (text) => text.replace('"delivered":20000', '"delivered":NaN'),
      { message: expect.stringContaining('expected JSON') },
    ],
    [
      'infinite',
      (text) => text.replace('"delivered":20000', '"delivered":1e999'),
      { message: expect.stringContaining('finite') },
    ],
    [
      'negative',
      (text) => text.replace('"delivered":20000', '"delivered":-1'),
      { where: expect.stringContaining('trials[0].messages.delivered') },
    ],
    ['a text for a number', (text) => text.replace('"missing":0', '"missing":"0"'), { message: 'expected number, got string' }],
    [
      'a key that is missing',
      (text) => text.replace('"missing":0,', ''),
      { message: 'expected number, got nothing', where: expect.stringContaining('trials[0].messages.missing') },
    ],
    [
      'a histogram that is none',
      (text) => text.replace(/"histogram":"[^"]{8}/, '"histogram":"AAAAAAAA'),
      { message: expect.stringContaining('HDR V2'), where: expect.stringContaining('histogram') },
    ],
    [
      'a prototype',
      (text) => text.replace('"options":{', '"options":{"__proto__":{"polluted":1}'),
      { message: expect.stringContaining('__proto__') },
    ],
    [
      'an unknown key',
      (text) => text.replace('"missing":0', '"missing":0,"lost":0'),
      { message: 'expected no such key, got "lost"' },
    ],
    [
      'a key that moves the cursor',
      (text) => text.replace('"missing":0', '"missing":0,"\\u001b[2J":0'),
      { message: 'expected no such key, got "?[2J"' },
    ],
    [
      'deep',
      (text) => text.replace('"options":{', `"options":{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}`),
      { message: expect.stringContaining('64 levels') },
    ],
    [
      'a reason of another closed list',
      (text) => text.replace('"reasons":[]', '"reasons":[{"code":"X","severity":"finding","message":"","evidence":{}}]'),
      { where: expect.stringContaining('reasons[0].code') },
    ],
  ])('is named: %s', async (_, damage, problem) => {
    const [before, after] = [JSON.stringify(result), damage(JSON.stringify(result))]
    expect(after).not.toBe(before)
    await writeFile(file('result.json'), after)
    expect(await problemsOf(folder)).toMatchObject([{ code: 'E_RESULT_SCHEMA', ...problem }])
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  test('has at most 20 problems named, and the rest counted', async () => {
    const trials = Array.from({ length: 50 }, () => ({}))
    await writeFile(file('result.json'), JSON.stringify({ ...result, trials }))
    const problems = await problemsOf(folder)
    expect(problems).toHaveLength(20)
    expect(problems.at(-1)?.message).toMatch(/got \d{3,} more problems/)
  })

  test.each([
    '[]',
    'null',
    '7',
    '{}',
    '{"schemaVersion":null}',
    '{"schemaVersion":1}',
    '{"schemaVersion":2}',
    '{"schemaVersion":1,"plan":[],"trials":[null,7,{"notMeasured":7,"bytes":[]}]}',
    '{"schemaVersion":1,"trials":{"length":-1}}',
  ])('is a clean error: %s', async (text) => {
    await writeFile(file('result.json'), text)
    for (const { code } of await problemsOf(folder)) expect(['E_NOT_A_RUN', 'E_RESULT_SCHEMA']).toContain(code)
  })
})

test('what is written is what is read', async () => {
  const run = await createRunFolder(join(folder, 'run'), 'quick', 0)
  await run.writePlan(result.plan, { feedbench: result.feedbench, environment: result.environment })
  for (const trial of result.trials) await run.appendTrial(trial)
  expect((await readRun(run.path, summarize)).trials).toEqual(result.trials)
  await run.writeResult(result)
  expect(await readRun(run.path, summarize)).toEqual(result)
})

function file(name: string): string {
  return join(folder, name)
}

async function writeJournal(trials: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { plan, feedbench, environment } = result
  await writeFile(file('plan.json'), JSON.stringify({ ...plan, feedbench, environment }))
  await writeFile(
    file('trials.ndjson'),
    result.trials
      .slice(0, trials)
      .map((trial) => `${JSON.stringify(trial)}\n`)
      .join(''),
  )
}

async function problemsOf(path: string): Promise<readonly Problem[]> {
  const error = await readRun(path, summarize).then(
    () => new Error('expected an error'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(FeedbenchError)
  return (error as FeedbenchError).problems
}
