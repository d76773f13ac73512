import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FeedbenchError } from '../model/errors.js'
import { scenarioText } from '../testing/scenarios.js'
import { readScenario } from './read.js'

let folder: string

const zod = import.meta.resolve('zod')
const descriptor = (name: string, schema: string) => `
import { z } from ${JSON.stringify(zod)}
export default { name: '${name}', summary: 's', optionsSchema: ${schema}, capabilities: {}, server: () => ({}), client: () => ({}) }
`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedbench-plugin-'))
  const modules = {
    'mine.mjs': descriptor('mine', "z.strictObject({ depth: z.int().max(9).default(3).describe('How deep') })"),
    'foreign.mjs': descriptor('foreign', '{ safeParse: () => ({ success: true, data: {} }) }'),
    'throws.mjs': descriptor('throws', "{ safeParse: () => { throw new Error('no') } }"),
    'sse.mjs': descriptor('sse', 'z.strictObject({})'),
    'broken.mjs': 'export default {',
    'null.mjs': 'throw null',
    'empty.mjs': 'export const x = 1',
  }
  for (const [name, text] of Object.entries(modules)) await writeFile(join(folder, name), text)
})
afterAll(() => rm(folder, { recursive: true }))

const readTransports = (transports: string, parts: Record<string, string> = {}) =>
  readScenario(scenarioText({ transports, ...parts }), { file: join(folder, 's.yaml') })

describe('plug-ins', () => {
  it('are found beside the scenario, by their path or with options', async () => {
    const { transports, labels } = await readTransports('[./mine.mjs, { ./mine.mjs: { depth: 4 } }, sse]')
    expect(labels).toEqual(['mine(depth=3)', 'mine(depth=4)', 'sse'])
    expect(transports[1]).toEqual({
      transport: 'mine',
      module: pathToFileURL(join(folder, 'mine.mjs')).href,
      options: { depth: 4 },
    })
  })

  it('are found by absolute path and URL', async () => {
    const path = join(folder, 'mine.mjs')
    expect((await readTransports(`[${path}]`)).labels).toEqual(['mine'])
    expect((await readTransports(`["${pathToFileURL(path).href}"]`)).labels).toEqual(['mine'])
  })

  it('take part in a matrix', async () => {
    const { loadPoints } = await readTransports('[./mine.mjs]', { matrix: '{ transports.mine.depth: [1, 2] }' })
    expect(
      loadPoints.map(({ load, scenario }) => [load['transports.mine.depth'], scenario.transports[0]?.options.depth]),
    ).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  it('may bring any object that can check options', async () => {
    expect((await readTransports('[./foreign.mjs]')).labels).toEqual(['foreign'])
  })

  it.each([
    ['a path to nothing', '[./nothing.mjs]', 'E_PLUGIN'],
    ['a folder', '[./]', 'E_PLUGIN'],
    ['a URL that is none', '["file:"]', 'E_PLUGIN'],
    ['a module that does not parse', '[./broken.mjs]', 'E_PLUGIN'],
    ['a module that throws nothing', '[./null.mjs]', 'E_PLUGIN'],
    ['a module without a descriptor', '[./empty.mjs]', 'E_PLUGIN'],
    ['a name that is taken', '[./sse.mjs]', 'E_PLUGIN'],
    ['a schema that throws', '[./throws.mjs]', 'E_PLUGIN'],
    ['an option that it does not know', '[{ ./mine.mjs: { dept: 4 } }]', 'E_UNKNOWN_KEY'],
    ['an option out of range', '[{ ./mine.mjs: { depth: 10 } }]', 'E_RANGE'],
  ])('are refused: %s', async (_, transports, code) => {
    const error: unknown = await readTransports(transports).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(FeedbenchError)
    const { problems } = error as FeedbenchError
    expect(problems.map((problem) => problem.code)).toEqual([code])
    expect(problems[0]?.where).toMatch(/s\.yaml:4:\d+$/)
  })
})
