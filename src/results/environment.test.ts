import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { afterEach, expect, test, vi } from 'vitest'
import { buildResult } from '../testing/builders.js'
import { ENVIRONMENT } from '../testing/environment.js'
import { describeEnvironment, feedbenchVersion } from './environment.js'
import { resultSchema } from './schema.js'

const PLACEMENT = { mode: 'shared', reason: 'one core' } as const

afterEach(() => vi.unstubAllEnvs())

test('what this machine is fits into a result', async () => {
  const environment = await describeEnvironment(PLACEMENT)
  expect(resultSchema.parse({ ...buildResult(), environment }).environment).toEqual(environment)
  expect(Object.keys(environment)).toEqual(Object.keys(ENVIRONMENT))
  expect(environment).toMatchObject({
    cpu: { cores: cpus().length },
    node: { version: process.versions.node },
    packages: {
      ws: expect.stringMatching(/^8\./),
      'hdr-histogram-js': expect.stringMatching(/^3\./),
    },
    placement: PLACEMENT,
  })
})

test('what Linux tells is there', async ({ skip }) => {
  skip(process.platform !== 'linux', 'only Linux has /proc')
  const { limits, clock } = await describeEnvironment(PLACEMENT)
  expect(limits.descriptorsPerProcess).toBeGreaterThan(0)
  expect(limits.portRange?.[1]).toBeGreaterThan(limits.portRange?.[0] ?? Number.POSITIVE_INFINITY)
  expect(clock).toContain('process.hrtime')
})

test('git may be missing', async () => {
  vi.stubEnv('PATH', '')
  expect((await describeEnvironment(PLACEMENT)).git).toBeNull()
})

test('the version is the one of the package', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  expect(await feedbenchVersion()).toBe(version)
})
