import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { summarize } from '../analysis/summary.js'
import { FeedbenchError } from '../model/errors.js'
import type { Result } from '../model/result.js'
import { EMPTY_DISTRIBUTION } from '../model/trial.js'
import { REPORT_FORMATS } from '../report/formats.js'
import { readRun } from './read.js'

/** Run folders as version 1 wrote them: the first that there was, and the last. */
const FIXTURES = fileURLToPath(new URL('../../test/fixtures/version-1/', import.meta.url))
const NO_ASSETS = () => ({ plotScript: '', plotStyle: '', pageScript: '' })

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedbench-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function written(name: string): Promise<Result> {
  return JSON.parse(await readFile(join(FIXTURES, name, 'result.json'), 'utf8')) as Result
}

describe.each(['first', 'last'])('a run of version 1, the %s of it', (name) => {
  test('is read as one of this version, with its figures as they were', async () => {
    const [read, before] = [await readRun(join(FIXTURES, name), summarize), await written(name)]
    expect([read.schemaVersion, read.plan.planVersion, read.trials.length]).toEqual([2, 2, 2])
    expect(read.summary).toEqual(before.summary)
    expect(read.trials.map(({ latencyUs, messages, verdict }) => ({ latencyUs, messages, verdict }))).toEqual(
      before.trials.map(({ latencyUs, messages, verdict }) => ({ latencyUs, messages, verdict })),
    )
  })

  test('has null and the reason for what it did not measure', async () => {
    for (const { bytes, notMeasured } of (await readRun(join(FIXTURES, name), summarize)).trials) {
      expect([bytes.headers, bytes.framing]).toEqual([null, null])
      expect(notMeasured['bytes.headers']).toBe('not measured by the version that wrote this')
    }
  })

  test('is read from its journal where it was killed', async () => {
    await cp(join(FIXTURES, name), folder, { recursive: true })
    await rm(join(folder, 'result.json'))
    const read = await readRun(folder, summarize)
    const { trials } = await readRun(join(FIXTURES, name), summarize)
    expect(read.trials).toEqual(trials)
    expect(read.summary).toMatchObject({ endedEarly: 'the run did not finish', trials: { planned: 2, finished: 2 } })
  })

  test.each(Object.keys(REPORT_FORMATS))('is reported as %s', async (format) => {
    const run = await readRun(join(FIXTURES, name), summarize)
    const text = REPORT_FORMATS[format]?.render([run], NO_ASSETS)
    expect(text).toMatch(/websocket|"version"|run old/)
    expect(text).not.toMatch(/undefined|NaN/)
  })
})

test('the first of version 1 had neither drivers that watch their timers, nor clients cut off, nor predictions', async () => {
  const [trial] = (await readRun(join(FIXTURES, 'first'), summarize)).trials
  expect(trial).toMatchObject({
    slowReaders: null,
    network: null,
    predicted: { figures: [], notCovered: 'not measured by the version that wrote this' },
    server: { disconnected: null },
    driver: { heartbeatLatenessUs: { count: 0, p99: null }, transitLessLagUs: { count: 0 } },
    notMeasured: {
      network: 'clients and server were connected directly',
      'server.disconnected': 'not measured by the version that wrote this',
      'driver.heartbeatLatenessUs': 'not measured by the version that wrote this',
    },
  })
})

test('a link of version 1 is a relay that loses nothing, and nobody wrote down why', async () => {
  await cp(join(FIXTURES, 'last'), folder, { recursive: true })
  const link = { tier: 'relay', rttUs: 40_000, jitterUs: 0, bandwidthBytesPerSec: null, events: [] }
  const achieved = {
    toServer: { delayUs: EMPTY_DISTRIBUTION },
    toClient: { delayUs: EMPTY_DISTRIBUTION },
    latenessUs: EMPTY_DISTRIBUTION,
    relays: [],
    cannotShow: [],
  }
  const old = await written('last')
  const trials = old.trials.map((trial) => ({ ...trial, network: { ...link, ...achieved } }))
  const plan = { ...old.plan, trials: old.plan.trials.map((trial) => ({ ...trial, network: link })) }
  await writeFile(join(folder, 'result.json'), JSON.stringify({ ...old, plan, trials }))
  const read = await readRun(folder, summarize)
  const reason = 'not recorded by the version that wrote this'
  expect(read.plan.trials[0]?.network).toEqual({ ...link, tierReason: reason, lossShare: 0 })
  expect(read.trials[0]?.network).toMatchObject({ tierReason: reason, lossShare: 0, loss: null })
})

describe('what cannot be migrated is refused by name', () => {
  test.each<[what: string, file: string, damage: (text: string) => string, where: string, message: RegExp]>([
    [
      'a newer result',
      'result.json',
      (text) => text.replace('"schemaVersion":1', '"schemaVersion":3'),
      'result.json at schemaVersion',
      /expected 2, got 3/,
    ],
    [
      'a newer plan',
      'plan.json',
      (text) => text.replace('"planVersion":1', '"planVersion":3'),
      'plan.json at planVersion',
      /expected 2, got 3/,
    ],
    [
      'a version before the first',
      'result.json',
      (text) => text.replace('"schemaVersion":1', '"schemaVersion":0'),
      'result.json at schemaVersion',
      /expected 2, got 0/,
    ],
    [
      'a key that version 1 had from the first on',
      'result.json',
      (text) => text.replace('"delivered":', '"dlvrd":'),
      'result.json at trials[0]',
      /expected/,
    ],
    ['a torn journal line', 'trials.ndjson', (text) => text.replace('{', '['), 'trials.ndjson:1', /expected JSON/],
  ])('%s', async (_, file, damage, where, message) => {
    await cp(join(FIXTURES, 'last'), folder, { recursive: true })
    if (file !== 'result.json') await rm(join(folder, 'result.json'))
    await writeFile(join(folder, file), damage(await readFile(join(folder, file), 'utf8')))
    const error = await readRun(folder, summarize).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(FeedbenchError)
    const [problem] = (error as FeedbenchError).problems
    expect(problem).toMatchObject({ code: 'E_RESULT_SCHEMA', message: expect.stringMatching(message) })
    expect(problem?.where).toContain(where)
    if (message.source.endsWith('got 3')) expect(problem?.hint).toBe('a newer feedbench wrote it: update this one')
  })
})
