import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  childrenOf,
  feedbench,
  memberOf,
  readJournal,
  readResult,
  start,
  temporaryFolder,
  until,
  writeScenario,
} from './command.js'

/** Runs that somebody or something is against: full disks, impatient fingers, names that want to move the cursor. */

const folder = await temporaryFolder()
const ESCAPE = '\x1b]0;owned\x07\x1b[2J\x1b[31m'
/** Everything that a terminal acts on, but for the end of a line. */
const CONTROLS = /[\p{Cc}\p{Cf}](?<!\n)/u

describe('a folder that cannot be written', () => {
  const scenario = writeScenario(folder, 'plain', { rounds: 2 })

  test.each([
    ['below a file', join(folder, 'plain.yaml', 'out')],
    ['with an empty name', ''],
    ['with a name that is too long', join(folder, 'x'.repeat(300))],
  ])('%s ends with 4 before anything is begun', async (_, out) => {
    const { code, stdout, stderr } = await feedbench(['run', scenario, '--out', out])
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(/\[E_OUTPUT\]\n {2}hint: /)
  })

  test.skipIf(!existsSync('/dev/full'))(
    'because the disk is full after the plan ends with 4, and leaves no process',
    async () => {
      const out = join(folder, 'full')
      const run = start(['run', scenario, '--out', out])
      await until('the plan', () => existsSync(join(out, 'plan.json')))
      symlinkSync('/dev/full', join(out, 'trials.ndjson'))
      symlinkSync('/dev/full', join(out, `result.json.${run.pid}.tmp`))
      const { pid } = await memberOf(run, 'feedbench server')
      const { code, stderr } = await run.ended
      expect(code).toBe(4)
      expect(stderr).toMatch(
        /result\.json: expected to write it, but there is no space left on the device \[E_OUTPUT\]\n {2}hint: /,
      )
      expect(stderr).not.toMatch(/^\s+at /m)
      expect(existsSync(join(out, 'result.json'))).toBe(false)
      expect(existsSync(`/proc/${pid}`)).toBe(false)
    },
  )

  test.skipIf(!existsSync('/dev/full'))('for its journal only keeps the result, which says why it ended', async () => {
    const out = join(folder, 'journal-full')
    const run = start(['run', scenario, '--out', out])
    await until('the plan', () => existsSync(join(out, 'plan.json')))
    symlinkSync('/dev/full', join(out, 'trials.ndjson'))
    const { code, stderr } = await run.ended
    expect(code).toBe(4)
    expect(stderr.match(/\[E_OUTPUT\]/g)).toHaveLength(1)
    expect(readResult(out).summary).toMatchObject({ exitCode: 4, endedEarly: expect.stringContaining('E_OUTPUT') })
  })
})

describe('impatience', () => {
  test('does not make a run that is interrupted forget what it had, however often it is said', async () => {
    const out = join(folder, 'impatient')
    const run = start(['run', writeScenario(folder, 'long', { rounds: 20 }), '--out', out])
    await until('a trial', () => readJournal(out).length >= 1)
    await memberOf(run, 'feedbench server')
    for (let count = 0; count < 5; count++) {
      run.child.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const { code, signal } = await run.ended
    expect({ code, signal }).toEqual({ code: 130, signal: null })
    const { trials, summary } = readResult(out)
    expect(trials.length).toBeGreaterThanOrEqual(1)
    expect(trials).toEqual(readJournal(out))
    expect(summary).toMatchObject({ exitCode: 130, trials: { planned: 20, finished: trials.length } })
    expect(childrenOf(run.pid)).toEqual([])
  })
})

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

test('a plug-in that breaks in its server ends the run with 4 and its words, without a stack trace of ours', async () => {
  writeFileSync(
    join(folder, 'broken.mjs'),
    `export default { name: 'broken', summary: 's', optionsSchema: { safeParse: (data) => ({ success: true, data }) },
      capabilities: {}, client: async () => ({ open() {} }), server: async () => { throw new Error('no ${'\\x1b[31m'}cable') } }`,
  )
  const { code, stderr } = await feedbench([
    'run',
    writeScenario(folder, 'broken', { transports: ['./broken.mjs'] }),
    '--out',
    join(folder, 'broken'),
  ])
  expect(stderr).toContain('cable')
  expect(stderr).not.toMatch(CONTROLS)
  expect(code).toBe(4)
})
