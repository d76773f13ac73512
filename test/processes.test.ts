import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  childrenOf,
  type Ended,
  feedbench,
  isRunning,
  memberOf,
  type Process,
  type Running,
  readJournal,
  readResult,
  start,
  temporaryFolder,
  until,
  writeScenario,
} from './command.js'

/** What happens to a run when one of its processes goes away, or its user does. */

const folder = await temporaryFolder()
/** With this seed the short one of the two trials comes first; each test checks that it did. */
const SEED = '1'
const scenario = writeScenario(folder, 'short-and-long', {
  phases: { warmup: '100ms', measure: '300ms', drain: '1s' },
  matrix: { 'phases.measure': ['300ms', '25s'] },
})

interface InWindow {
  run: Running
  out: string
  server: Process
  driver: Process
}

/** A run whose first trial is written down, and whose second is in its window of 25 seconds. */
async function inSecondWindow(name: string, options: string[] = []): Promise<InWindow> {
  const out = join(folder, name)
  const run = start(['run', scenario, '--out', out, '--seed', SEED, ...options])
  const [first] = [await memberOf(run, 'feedbench server'), await memberOf(run, 'feedbench driver 1')]
  await until('the first trial', () => readJournal(out).length === 1)
  expect(readJournal(out)[0]?.load).toMatchObject({ 'phases.measure': 300_000 })
  const server = await memberOf(run, 'feedbench server', [first.pid])
  const driver = await memberOf(run, 'feedbench driver 1')
  // Idle memory is read and clients connect before the window; all that takes about 1.5 s.
  await sleep(3_000)
  expect(run.child.exitCode).toBeNull()
  return { run, out, server, driver }
}

/** The run is over, nothing of it runs on, and what had finished is in journal and result. */
async function expectKept({ run, out, server, driver }: InWindow): Promise<Ended> {
  const ended = await run.ended
  expect([server, driver].filter(({ pid }) => isRunning(pid))).toEqual([])
  expect(readJournal(out)).toHaveLength(1)
  const result = readResult(out)
  expect(result.trials).toEqual(readJournal(out))
  expect(result.summary.trials).toEqual({ planned: 2, finished: 1 })
  expect(result.summary.exitCode).toBe(ended.code)
  expect(result.summary.endedEarly).not.toBeNull()
  return ended
}

describe('a process that is killed in the window', () => {
  test.each(['feedbench server', 'feedbench driver 1'])(
    '%s: ends the run with 4, and what had finished is kept',
    async (title) => {
      const running = await inSecondWindow(title.replaceAll(' ', '-'))
      process.kill(title.endsWith('server') ? running.server.pid : running.driver.pid, 'SIGKILL')
      const { code, stdout, stderr } = await expectKept(running)
      expect(code).toBe(4)
      expect(stderr).toMatch(new RegExp(`^${title}: expected .* SIGKILL \\[E_MEMBER_DIED\\]\\n {2}hint: `))
      expect(stdout.trimEnd().split('\n').at(-1)).toBe(running.out)
      expect(readResult(running.out).summary.endedEarly).toContain('E_MEMBER_DIED')
    },
  )

  test('with --json, is told in the one document that is printed', async () => {
    const running = await inSecondWindow('json', ['--json'])
    process.kill(running.server.pid, 'SIGKILL')
    const { stdout } = await expectKept(running)
    const { error, ...result } = JSON.parse(stdout) as { error: { problems: { code: string }[] } }
    expect(error.problems.map(({ code }) => code)).toEqual(['E_MEMBER_DIED'])
    expect(result).toEqual(readResult(running.out))
  })
})

describe('a run that is interrupted', () => {
  test.each([
    ['SIGINT once', ['SIGINT']],
    ['SIGINT twice', ['SIGINT', 'SIGINT']],
    ['SIGTERM', ['SIGTERM']],
  ] as const)('by %s ends with 130, and what had finished is kept', async (name, signals) => {
    const running = await inSecondWindow(name.replaceAll(' ', '-'))
    for (const signal of signals) running.run.child.kill(signal)
    const { code, stderr } = await expectKept(running)
    expect(code).toBe(130)
    expect(stderr).toContain('[E_INTERRUPTED]')
    expect(stderr.match(/E_INTERRUPTED/g)).toHaveLength(1)
    const report = await feedbench(['report', running.out])
    expect(report).toMatchObject({ code: 0, stderr: '' })
  })

  test('before its first trial is over has a result without trials, which is no pass', async () => {
    const out = join(folder, 'early')
    const run = start(['run', scenario, '--out', out, '--seed', SEED])
    await memberOf(run, 'feedbench server')
    run.child.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130 })
    expect(readResult(out)).toMatchObject({ trials: [], summary: { exitCode: 130, trials: { planned: 2, finished: 0 } } })
  })
})

describe('a runner that is killed', () => {
  test('takes its processes along within 3 s, and leaves a journal that can be read', async () => {
    const { run, out, server, driver } = await inSecondWindow('killed')
    run.child.kill('SIGKILL')
    expect(await run.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
    await until('the members to end', () => !isRunning(server.pid) && !isRunning(driver.pid), 3_000)
    expect(existsSync(join(out, 'result.json'))).toBe(false)
    expect(readJournal(out)).toHaveLength(1)
    const report = await feedbench(['report', out])
    expect(report).toMatchObject({ code: 0, stderr: '' })
    expect(report.stdout).toContain('the run did not finish')
  })

  test.each([0, 1, 2, 3])('while its processes start takes them along too (%i)', async (step) => {
    const run = start(['run', scenario, '--out', join(folder, `starting-${step}`), '--seed', SEED])
    const members = await until('a process', () => {
      const children = childrenOf(run.pid)
      return children.length > 0 && children
    })
    await sleep(step * 60)
    const all = new Set([...members, ...childrenOf(run.pid)].map(({ pid }) => pid))
    run.child.kill('SIGKILL')
    await run.ended
    await until('the members to end', () => [...all].every((pid) => !isRunning(pid)), 3_000)
  })
})
