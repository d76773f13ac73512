import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { feedbench, temporaryFolder, writeScenario } from './command.js'

const folder = await temporaryFolder()

test('server and driver do not collect garbage by the clock, and can when they are told (docs/decisions/0018)', async () => {
  const file = join(folder, 'arguments')
  const preload = new URL('fixtures/node-arguments.mjs', import.meta.url).href
  const env = { NODE_OPTIONS: `--import ${preload}`, FEEDBENCH_TEST_ARGUMENTS: file }
  const { stderr } = await feedbench(['run', writeScenario(folder, 'members'), '--out', join(folder, 'out')], { env })
  expect(stderr).toBe('')
  const started = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(started).toHaveLength(2)
  for (const line of started) expect(JSON.parse(line)).toEqual(expect.arrayContaining(['--no-memory-reducer', '--expose-gc']))
})
