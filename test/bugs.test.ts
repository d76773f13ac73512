import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { childrenOf, feedbench, readResult, start, temporaryFolder, writeScenario } from './command.js'

/** What breaks inside: a bug of feedbench ends with 70 and says where it is, one of a plug-in with 4 and the place in its file. */

const folder = await temporaryFolder()
const preload = new URL('fixtures/broken-member.mjs', import.meta.url).href
const scenario = writeScenario(folder, 'plain', { phases: { warmup: '1s', measure: '20s', drain: '1s' } })

function broken(title: string, how: string): Record<string, string> {
  return { NODE_OPTIONS: `--import ${preload}`, FEEDBENCH_TEST_TITLE: title, FEEDBENCH_TEST_BREAK: how }
}

describe.each(['throw', 'reject'])('a bug (%s)', (how) => {
  test.each(['feedbench server', 'feedbench driver 1'])(
    'in the %s ends the run with 70, with its stack, and a result',
    async (title) => {
      const out = join(folder, `${title}-${how}`)
      const run = start(['run', scenario, '--out', out], { env: broken(title, how) })
      const { code, stdout, stderr } = await run.ended
      expect(code).toBe(70)
      expect(stderr).toMatch(
        new RegExp(
          `^${title} in the \\w+ phase of trial 1 \\(websocket\\): expected .*, got: nothing is a function \\[E_BUG\\]\\n {2}hint: please report`,
        ),
      )
      expect(stderr.match(/^ {4}at .*broken-member\.mjs:\d+:\d+/gm)?.length).toBeGreaterThanOrEqual(1)
      expect(readResult(out).summary).toMatchObject({ exitCode: 70, endedEarly: expect.stringContaining('E_BUG') })
      expect(stdout.trimEnd().split('\n').at(-1)).toBe(out)
      expect(childrenOf(run.pid)).toEqual([])
    },
  )

  test('in the runner ends the command with 70, with its stack', async () => {
    const run = start(['run', scenario, '--out', join(folder, `runner-${how}`)], { env: broken('feedbench runner', how) })
    const { code, stderr } = await run.ended
    expect(code).toBe(70)
    expect(stderr).toMatch(/^feedbench: nothing is a function \[E_BUG\]\n {2}hint: please report/)
    expect(stderr).toMatch(/^ {4}at .*broken-member\.mjs:\d+:\d+/m)
    expect(childrenOf(run.pid)).toEqual([])
  })
})

describe('a plug-in that breaks', () => {
  const words = `no \\x1b[31mcable`
  const descriptor = (parts: string) =>
    `const breaks = () => { throw new Error('${words}') }
    export default { name: 'broken', summary: 's', optionsSchema: { safeParse: (data) => ({ success: true, data }) }, capabilities: {},
      server: async () => ({ mount: () => ({ routes: {}, counters: () => ({ writes: null, messagesWritten: null, evicted: 0 }), close() {} }) }),
      client: async () => ({ open: () => ({ close: async () => {} }) }), ${parts} }`

  test.each([
    ['as its server loads', 'server', 'server: async () => breaks()'],
    ['as its client loads', 'driver 1', 'client: async () => breaks()'],
    ['as a client opens', 'driver 1', 'client: async () => ({ open: () => breaks() })'],
    [
      'later, in a timer',
      'driver 1',
      'client: async () => { setTimeout(breaks, 300); return { open: () => ({ close: async () => {} }) } }',
    ],
    ['as a client closes', 'driver 1', 'client: async () => ({ open: () => ({ close: async () => breaks() }) })'],
  ])('%s ends the run with 4, its words and its place, and no stack', async (name, who, parts) => {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.mjs`)
    writeFileSync(file, descriptor(parts))
    const ofPlugin = writeScenario(folder, 'broken', {
      transports: [file],
      connect: { timeout: '1s' },
      phases: { warmup: '200ms', measure: '500ms', drain: '1s' },
    })
    const { code, stderr } = await feedbench(['run', ofPlugin, '--out', `${file}.out`])
    expect(code).toBe(4)
    const [sentence, hint, ...rest] = stderr.split('\n')
    expect(sentence).toMatch(
      new RegExp(
        `^feedbench ${who} in the \\w+ phase of trial 1 \\(broken\\): expected .*cable \\(${file}:\\d+:\\d+\\) \\[E_MEMBER_FAILED\\]$`,
      ),
    )
    expect(sentence).not.toContain('\x1b')
    expect(hint).toBe(`  hint: mend the plug-in ${file}, or run the scenario without it`)
    expect(rest).toEqual([''])
  })
})
