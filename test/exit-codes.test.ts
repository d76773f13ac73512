import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Ended, feedbench, readResult, temporaryFolder, writeScenario } from './command.js'

/** What the command ends with, and what it says when that is an error. */

const folder = await temporaryFolder()
let runs = 0

interface Outcome extends Ended {
  out: string
  isMeasured: boolean
}

/** Runs again, a few times at most, where this noisy machine made a trial invalid: what is asked here is another question. */
async function measured(parts: Record<string, unknown>, options: string[] = []): Promise<Outcome> {
  const scenario = writeScenario(folder, `scenario-${++runs}`, parts)
  for (let attempt = 1; ; attempt++) {
    const out = join(folder, `out-${runs}-${attempt}`)
    const ended = await feedbench(['run', scenario, '--out', out, ...options])
    const isMeasured = readResult(out).trials.every(({ verdict }) => verdict.status !== 'invalid')
    if (isMeasured || attempt === 5) return { ...ended, out, isMeasured }
  }
}

/** On a machine that never lets a trial be valid, 3 is the right code for all of them. */
function expectCode({ code, isMeasured, out }: Outcome, expected: number): void {
  expect(code).toBe(isMeasured ? expected : 3)
  const { thresholds } = readResult(out).summary
  expect(thresholds.length).toBeGreaterThan(0)
}

describe('a run ends with', () => {
  test('0 where all thresholds hold', async () => {
    expectCode(await measured({ thresholds: ['*.messages.missing == 0', 'websocket.latencyUs.p50 < 60s'] }), 0)
  })

  test('1 where one does not, and says which', async () => {
    const run = await measured({ thresholds: ['*.messages.missing == 0', 'websocket.latencyUs.p50 < 1us'] })
    expectCode(run, 1)
    expect(run.stdout).toContain('websocket.latencyUs.p50 < 1us')
  })

  test('3 where nothing was delivered that a threshold could be held against, whatever is let pass', async () => {
    // A poll every hour brings nothing in half a second, of a client whose first one is due some minutes later by this seed.
    const scenario = writeScenario(folder, 'no-data', {
      clients: 1,
      transports: [{ polling: { interval: '1h' } }],
      phases: { warmup: '0s', measure: '500ms', drain: '100ms' },
      thresholds: ['polling.latencyUs.p50 < 1s'],
    })
    for (const [name, options] of Object.entries({ strict: [], relaxed: ['--inconclusive', 'pass'] })) {
      const out = join(folder, `no-data-${name}`)
      expect(await feedbench(['run', scenario, '--seed', '1', '--out', out, ...options])).toMatchObject({ code: 3 })
      const { trials, summary } = readResult(out)
      expect(trials[0]?.verdict).toMatchObject({ status: 'invalid' })
      expect(trials[0]?.verdict.reasons[0]).toMatchObject({ code: 'NO_DATA', severity: 'invalid' })
      expect(summary.thresholds).toMatchObject([{ status: 'no-data' }])
    }
  })
})

describe('a threshold on what a valid trial does not have', () => {
  const undecided = 'websocket.requests.messagesPerResponse > 0'

  test('ends with 3', async () => {
    expectCode(await measured({ thresholds: [undecided] }), 3)
  })

  test('ends with 0 by --inconclusive=pass, which is said, and not recorded as a pass', async () => {
    const run = await measured({ thresholds: [undecided] }, ['--inconclusive=pass'])
    expectCode(run, 0)
    if (run.isMeasured) expect(run.stderr).toContain(undecided)
    expect(readResult(run.out).summary).toMatchObject({ exitCode: 3, thresholds: [{ status: 'no-data' }] })
  })

  test('ends with 1 by --inconclusive=pass where another is broken', async () => {
    expectCode(await measured({ thresholds: [undecided, 'websocket.latencyUs.p50 < 1us'] }, ['--inconclusive=pass']), 1)
  })
})

describe.concurrent('2 is what ends', () => {
  const scenario = writeScenario(folder, 'fine')
  const broken = writeScenario(folder, 'broken', { clients: 0, transports: ['websokcet'], rounds: 'two' })
  test.each([
    ['no command', [], 'E_USAGE'],
    ['an unknown command', ['rnu', scenario], 'E_USAGE'],
    ['a command without its scenario', ['run'], 'E_USAGE'],
    ['an unknown option', ['run', scenario, '--colour'], 'E_USAGE'],
    ['an option without its value', ['run', scenario, '--out'], 'E_USAGE'],
    ['an option that is given nonsense', ['run', scenario, '--inconclusive', 'fail'], 'E_USAGE'],
    ['clients that are no number', ['run', scenario, '--clients', 'many'], 'E_TYPE'],
    ['a scenario that is not there', ['run', join(folder, 'nothing.yaml')], 'E_FILE_NOT_FOUND'],
    ['a scenario that is wrong', ['run', broken], 'E_UNKNOWN_TRANSPORT'],
    ['a transport that the scenario has not', ['run', scenario, '--transports', 'sse'], 'E_UNKNOWN_TRANSPORT'],
    ['a run that is not there', ['report', join(folder, 'nothing')], 'E_FILE_NOT_FOUND'],
    ['a format that there is not', ['report', folder, '--format', 'pdf'], 'E_FORMAT'],
    ['a rate that is none', ['serve', '--rate', 'often'], 'E_USAGE'],
    ['a port that is none', ['serve', '--port', '99999'], 'E_USAGE'],
    ['a host that is empty, which would be every address', ['serve', '--port', '0', '--host', ''], 'E_USAGE'],
    ['an option that is misspelt, with no command', ['--versio'], 'E_USAGE', 'did you mean --version?'],
    ['an option that is misspelt', ['run', scenario, '--clinets', '5'], 'E_USAGE', 'did you mean --clients?'],
    ['one that is misspelt and has a value', ['serve', '--prot=0'], 'E_USAGE', 'did you mean --port?'],
    ['a command that is misspelt', ['reprot'], 'E_USAGE', 'did you mean report?'],
    ['a word too many', ['list', 'all'], 'E_USAGE'],
    ['an option that is given twice', ['run', scenario, '--out', 'one', '--out', 'two'], 'E_USAGE'],
  ])('%s', async (_, args, errorCode, hint = '') => {
    const out = join(folder, 'refused')
    const words = args[0] === 'run' && args.length > 1 && args.at(-1) !== '--out' ? [...args, '--out', out] : args
    const plain = await feedbench(words)
    expect(plain).toMatchObject({ code: 2, stdout: '' })
    expect(plain.stderr).toContain(`[${errorCode}]`)
    expect(plain.stderr).toContain(hint)
    expect(plain.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
    expect(existsSync(out)).toBe(false)
    if (args[0] !== 'run') return

    const json = await feedbench([words[0] as string, '--json', ...words.slice(1)])
    expect(json.code).toBe(2)
    expect(json.stdout.trimEnd().split('\n')).toHaveLength(1)
    const { problems } = (JSON.parse(json.stdout) as { error: { problems: Record<string, unknown>[] } }).error
    expect(problems.map(({ code }) => code)).toContain(errorCode)
    for (const problem of problems) expect(Object.keys(problem).sort()).toEqual(['code', 'hint', 'message', 'where'])
  })

  test('a scenario with several mistakes, all at once, each with line and column', async () => {
    const { stderr } = await feedbench(['run', broken])
    expect(stderr.match(/broken\.yaml:\d+:\d+: /g)?.length).toBeGreaterThanOrEqual(3)
  })
})

describe('4 is what ends', () => {
  test('serve at a port that another program has', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const { code, stdout, stderr } = await feedbench(['serve', '--port', String(port)])
    await new Promise((resolve) => other.close(resolve))
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(/^127\.0\.0\.1:\d+: expected .* \[E_PORT_TAKEN\]\n {2}hint: .+--port/)
  })
})
