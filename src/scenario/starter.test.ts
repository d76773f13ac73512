import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from './load.js'
import { scenarioSchema } from './schema.js'
import { starterScenario } from './starter.js'

const text = starterScenario(null)
/** Lines such as `# pin: off     # why`: what a user may put into force. */
const alternatives = [...text.matchAll(/^ *# ((?:- )?[a-z]+: (?:\{.*\}|\S+)) +# .*$/gm)].map((match) => match[1] as string)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedbench-test-'))
  writeFileSync(
    join(folder, 'recorded.ndjson'),
    '{"at_ms": 12, "topic": "a", "data": {}}\n{"at_ms": 90, "topic": "a", "data": {}}\n',
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const read = (scenario: string) => readScenario(scenario, { file: join(folder, 'feedbench.yaml') })

describe('the first scenario', () => {
  it('is one without problems, whose transports take well under a minute together', async () => {
    const { transports, phases, rounds, loadPoints } = await read(text)
    const phasesUs = phases.warmupUs + phases.measureUs + phases.drainUs
    expect(transports.length * phasesUs * rounds * loadPoints.length).toBeLessThan(40e6)
  })

  it('has every key of a scenario, in force or behind #', () => {
    // What somebody else has published is no question of a user's own.
    const keys = Object.keys(scenarioSchema.shape).filter((key) => key !== 'published')
    for (const key of keys) expect(text).toMatch(new RegExp(`^(# )?${key}:`, 'm'))
  })

  it('names the schema for editors, where there is one', async () => {
    const withSchema = starterScenario('../docs/schema/scenario.schema.json')
    expect(withSchema).toBe(`# yaml-language-server: $schema=../docs/schema/scenario.schema.json\n${text}`)
    await read(withSchema)
  })

  it('offers alternatives', () => {
    expect(alternatives.length).toBeGreaterThanOrEqual(8)
  })

  it.each(alternatives)('can have this instead: %s', async (alternative) => {
    const key = alternative.split(':')[0] as string
    const changed = alternative.startsWith('- ')
      ? text.replace('\ntransports:\n', `\ntransports:\n  ${alternative}\n`)
      : `${text.replace(new RegExp(`^${key}:.*\n`, 'm'), '')}${alternative}\n`
    expect(changed).not.toBe(text)
    await read(changed)
  })
})
