import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { measuredOf, runsOf, unfitFor } from '../gate/stored-runs.js'
import type { StoredBaseline } from '../model/baseline.js'
import { buildReason, buildResult, buildVerdict } from '../testing/builders.js'
import { ENVIRONMENT } from '../testing/environment.js'
import { allBaselines, baselinePath, findBaseline, writeBaseline } from './baselines.js'
import { differences, environmentKey } from './environment-key.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedbench-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

const OTHER = { ...ENVIRONMENT, cpu: { ...ENVIRONMENT.cpu, cores: ENVIRONMENT.cpu.cores + 1 } }

function baselineOf(environment = ENVIRONMENT): StoredBaseline {
  return {
    schemaVersion: 1,
    name: 'main',
    feedbench: { version: '0.1.0' },
    revision: null,
    scenario: { name: 'gate', sha256: 'a' },
    environment: environmentKey(environment),
    measured: { clients: 200, traceSha256: null },
    startedAt: null,
    runs: runsOf(buildResult({ rounds: 3 })),
  }
}

describe('baselines', () => {
  test('are found by name, that of this environment first', async () => {
    for (const environment of [OTHER, ENVIRONMENT])
      await writeBaseline(baselinePath('main', environment, folder), baselineOf(environment))
    expect(await allBaselines(folder)).toHaveLength(2)
    const found = await findBaseline('main', ENVIRONMENT, folder)
    expect(found.baseline).toEqual(baselineOf())
    expect(await findBaseline(found.path, OTHER, folder)).toEqual(found)
  })

  test('of another environment are found too, and known to be of another', async () => {
    await writeBaseline(baselinePath('main', OTHER, folder), baselineOf(OTHER))
    const { baseline } = await findBaseline('main', ENVIRONMENT, folder)
    const { cores } = ENVIRONMENT.cpu
    expect(differences(baseline.environment, environmentKey(ENVIRONMENT))).toEqual([`cores ${cores + 1}, here ${cores}`])
  })

  test('that are not there are said not to be, with the way to make one', async () => {
    await expect(findBaseline('main', ENVIRONMENT, folder)).rejects.toMatchObject({ problems: [{ code: 'E_BASELINE' }] })
  })

  test.each(['', '../main', 'a/b', '.hidden'])('are not called %j', (name) => {
    expect(() => baselinePath(name, ENVIRONMENT, folder)).toThrow('E_USAGE')
  })
})

test('the runs of a result are its rounds, but for those of which a trial is invalid or missing', () => {
  const alter = ({ index }: { index: number }) => (index === 0 ? { verdict: buildVerdict(buildReason()) } : {})
  expect(runsOf(buildResult({ rounds: 3 }))).toHaveLength(3)
  expect(runsOf(buildResult({ rounds: 3, alter }))).toHaveLength(2)
  expect(runsOf(buildResult({ rounds: 3, finished: 14 }))).toHaveLength(2)
})

describe('a baseline is not held against', () => {
  const result = buildResult({ rounds: 3 })
  const trials = result.plan.trials.slice(0, result.plan.transports.length)
  const [first] = trials
  if (first === undefined) throw new Error('a plan without trials')
  const baseline = { measured: measuredOf(first), runs: runsOf(result) }
  const looks = [3]

  test('nothing, where all is alike', () => {
    expect(unfitFor(baseline, trials, { looks })).toEqual([])
    expect(unfitFor(JSON.parse(JSON.stringify(baseline)) as typeof baseline, trials, { looks })).toEqual([])
  })

  test('another load, other phases or another trace, which the text of a scenario does not say', () => {
    const { load, phases } = first
    const others = [{ ...first, load: { ...load, clients: 7 }, phases: { ...phases, measureUs: 1 } }]
    expect(unfitFor(baseline, others, { looks })).toEqual([
      `clients ${load.clients}, here 7`,
      `measureUs ${phases.measureUs}, here 1`,
    ])
  })

  test('a transport that it does not have', () => {
    expect(unfitFor(baseline, [{ ...first, label: 'smoke-signals' }], { looks })).toEqual(['no figures of smoke-signals'])
  })

  test('more runs than it has: none of them may count twice', () => {
    expect(unfitFor(baseline, trials, { looks: [2, 4] })).toEqual(['3 runs, for a last look after 4'])
  })
})
