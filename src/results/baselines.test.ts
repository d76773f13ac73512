import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runsOf } from '../gate/stored-runs.js'
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
