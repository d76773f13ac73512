import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { feedbench, readResult, temporaryFolder, writeScenario } from './command.js'

/** Names that want to move the cursor. */

const folder = await temporaryFolder()
const ESCAPE = '\x1b]0;owned\x07\x1b[2J\x1b[31m'
/** Everything that a terminal acts on, but for the end of a line. */
const CONTROLS = /[\p{Cc}\p{Cf}](?<!\n)/u

describe('an escape', () => {
  test.each([
    ['the name', { name: `a${ESCAPE}` }],
    ['a key', { [ESCAPE]: 1 }],
    ['a transport', { transports: [ESCAPE] }],
    ['an option', { transports: [{ polling: { [ESCAPE]: '1s' } }] }],
    ['the path of a plug-in', { transports: [`./${ESCAPE}.mjs`] }],
    ['the path of a trace', { feed: { trace: `./${ESCAPE}.ndjson` } }],
    ['a threshold', { thresholds: [`${ESCAPE}.latencyUs.p50 < 1s`] }],
    ['a header', { headers: { [`x${ESCAPE}`]: 'y' } }],
  ])('in %s is refused, and spelled out where it is shown', async (_, parts) => {
    const scenario = writeScenario(folder, 'escape', parts)
    const { code, stdout, stderr } = await feedbench(['run', scenario, '--out', join(folder, 'escape')])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toMatch(CONTROLS)
    const json = await feedbench(['run', scenario, '--out', join(folder, 'escape'), '--json'])
    expect(json.stdout).not.toMatch(CONTROLS)
    expect(json.stderr).toBe('')
  })

  test('in what is taken as it is (description, names of files) is in no table and no report', async () => {
    const hostile = join(folder, `sub${ESCAPE}`.replaceAll('/', ''))
    mkdirSync(hostile)
    const plugin = readFileSync(new URL('fixtures/plugin-transport.mjs', import.meta.url), 'utf8')
    const zod = import.meta.resolve('zod')
    writeFileSync(join(hostile, 'plugin.mjs'), plugin.replace("from 'zod'", `from ${JSON.stringify(zod)}`))
    const scenario = writeScenario(hostile, `file${ESCAPE.replaceAll('/', '')}`, {
      name: 'harmless',
      description: `a${ESCAPE}\n\n# b`,
      transports: [{ './plugin.mjs': { greeting: ESCAPE } }, 'sse'],
    })
    const out = join(folder, 'described')
    const run = await feedbench(['run', scenario, '--out', out])
    expect([0, 3]).toContain(run.code)
    const report = await feedbench(['report', out])
    expect(report.code).toBe(0)
    for (const text of [run.stdout, run.stderr, report.stdout, report.stderr]) expect(text).not.toMatch(CONTROLS)
    expect(readResult(out).trials.map(({ messages }) => messages.missing)).toEqual([0, 0])
    const again = await feedbench(['run', scenario, '--out', out, '--clients', ESCAPE])
    expect(again.stderr).not.toMatch(CONTROLS)
  })
})
