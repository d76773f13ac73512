import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { TargetReport } from '../src/model/target-check.js'
import type { Trial } from '../src/model/trial.js'
import {
  childrenOf,
  feedbench,
  isRunning,
  MAIN,
  memberOf,
  ROOT,
  readResult,
  start,
  temporaryFolder,
  until,
  writeScenario,
} from './command.js'

/** Servers that are not feedbench's: the examples, the ledger of each, and that nothing of them is left. Whether a trial is valid is the machine's to say. */

const folder = await temporaryFolder()
const EXAMPLES = `${ROOT}docs/examples/targets`
const hasPython = spawnSync('python3', ['--version']).status === 0

/** All that was to come did, once each, and the codes that would say that the ledger is wrong are not there. */
function expectWhole({ messages, latencyUs, verdict, server, label }: Trial): void {
  const { expected, delivered, missing, duplicates } = messages
  expect({ delivered, missing, duplicates }, label).toEqual({ delivered: expected, missing: 0, duplicates: 0 })
  expect(delivered).toBeGreaterThan(0)
  expect(latencyUs.count, label).toBeGreaterThan(0)
  const codes = verdict.reasons.map(({ code }) => code)
  for (const code of ['LEDGER_MISMATCH', 'REQUESTS_FAILED', 'NO_DATA']) expect(codes).not.toContain(code)
  if (process.platform === 'linux') expect(server.rssBytes).toBeGreaterThan(1 << 20)
  expect(server.eventLoopUtilization).toBeNull()
}

async function runExample(name: string): Promise<Trial[]> {
  const out = join(folder, name)
  const { code, stderr } = await feedbench(['run', join(EXAMPLES, name, 'scenario.yaml'), '--out', out, '--seed', '7'])
  expect([0, 3], stderr).toContain(code)
  const { trials } = readResult(out)
  return trials
}

describe.concurrent('a server of your own is measured', () => {
  test.each(['express', 'ws'])('in %s, to which feedbench publishes', async (name) => {
    const trials = await runExample(name)
    expect(trials.length).toBeGreaterThan(0)
    for (const trial of trials) {
      expectWhole(trial)
      const { scheduled, published } = trial.messages
      expect(trial.publisher).toMatchObject({ place: 'process', posts: { accepted: published, failed: 0 } })
      expect(published).toBe(scheduled)
      expect(trial.publishDelayUs.count).toBe(published)
      expect(trial.transitUs.count).toBeGreaterThan(0)
    }
  })

  test.skipIf(!hasPython)(
    hasPython ? 'in Python, which publishes by itself' : 'in Python (skipped: there is no python3)',
    async () => {
      const [trial] = (await runExample('python')) as [Trial]
      expectWhole(trial)
      expect(trial.messages).toMatchObject({ basis: 'observed' })
      expect(trial.verdict.reasons.map(({ code }) => code)).toContain('OBSERVED_FEED')
      expect(trial.notMeasured).toHaveProperty(['publishDelayUs'])
    },
  )

  test('in feedbench itself, which takes posts', async () => {
    const out = join(folder, 'own')
    const target = {
      command: [process.execPath, MAIN, 'serve', '--publish', '--port', '{port}'],
      ready: '/healthz',
      publish: '/publish',
    }
    const transports = [{ polling: { interval: '200ms' } }, 'long-polling']
    const { code } = await feedbench(['run', writeScenario(folder, 'own', { target, transports }), '--out', out])
    expect([0, 3]).toContain(code)
    for (const trial of readResult(out).trials) expectWhole(trial)
    // What the server wrote is in the run folder.
    const [log] = readdirSync(out).filter((file) => /^target-1-.*\.log$/.test(file))
    expect(readFileSync(join(out, log ?? ''), 'utf8')).toMatch(/^what is posted to http:\/\/127\.0\.0\.1:\d+\/publish/)
  })
})

test('a check that is interrupted says so, blames nobody, and leaves nothing of the server', async () => {
  // What it starts is in a group of its own: only a guard that is let do its work finds it.
  const helper =
    'require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" })'
  const command = [process.execPath, '-e', `${helper}; setInterval(() => {}, 1000)`]
  const scenario = writeScenario(folder, 'endless', { target: { command, ready: '/', publish: '/publish' } })
  const run = start(['check-target', scenario])
  const guard = await memberOf(run, 'feedbench target')
  // By what it runs: before it a guard starts something short, to look for setpriv.
  const childOf = (pid: number) =>
    until(`what ${pid} starts`, () => childrenOf(pid).find(({ title }) => title.includes('setInterval')))
  const server = await childOf(guard.pid)
  const started = await childOf(server.pid)
  run.child.kill('SIGINT')
  const { code, stdout, stderr } = await run.ended
  expect([code, stdout]).toEqual([130, ''])
  expect(stderr).toContain('check-target: expected to run to the end, but it was interrupted by SIGINT [E_INTERRUPTED]')
  for (const { pid } of [server, started]) await until('its end', () => !isRunning(pid))
})

describe('what a server lacks is said', () => {
  test('not of one that lacks nothing', async () => {
    const { code, stdout } = await feedbench(['check-target', join(EXAMPLES, 'express', 'scenario.yaml'), '--json'])
    const { findings, isMet } = JSON.parse(stdout) as TargetReport
    expect(findings.filter(({ status }) => status !== 'met')).toEqual([])
    expect({ code, isMet }).toEqual({ code: 0, isMet: true })
  })

  test('with what to change, of one whose seq is elsewhere and whose path is wrong', async () => {
    const target = {
      command: [process.execPath, join(EXAMPLES, 'express', 'server.mjs')],
      paths: { sse: '/events', polling: '/nothing' },
      message: { seq: '/id' },
      publish: '/publish',
    }
    const scenario = writeScenario(folder, 'lacking', { target, transports: ['sse', 'polling'] })
    const { code, stdout, stderr } = await feedbench(['check-target', scenario])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/MISSING +each message has a seq +none in\s+"\{/)
    expect(stdout).toMatch(/hint: say where it is: target\.message\.seq/)
    expect(stdout).toMatch(/polling\n +MISSING +takes a connection +expected status 200 or 204, got 404/)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 things are missing that lacking needs.')
  })
})

describe.skipIf(process.platform !== 'linux')('nothing of a server is left', () => {
  /** A shell that starts something else, and then the server. */
  const target = {
    command: ['sh', '-c', `sleep 300 & exec "${process.execPath}" "${MAIN}" serve --publish --port {port}`],
    ready: '/healthz',
    publish: '/publish',
  }
  const phases = { warmup: '10s', measure: '1s', drain: '1s' }

  test.each(['runner', 'guard'] as const)('when the %s is killed', async (who) => {
    const out = join(folder, `killed-${who}`)
    const run = start(['run', writeScenario(folder, `killed-${who}`, { target, phases, transports: ['sse'] }), '--out', out])
    const guard = await memberOf(run, 'feedbench target')
    await memberOf(run, 'feedbench driver 1')
    const [server] = childrenOf(guard.pid)
    const all = [server?.pid ?? 0, ...childrenOf(server?.pid ?? 0).map(({ pid }) => pid)]
    expect(all).toHaveLength(2)
    process.kill(who === 'runner' ? run.pid : guard.pid, 'SIGKILL')
    await until('the server to end', () => all.every((pid) => !isRunning(pid)), 5_000)
    const { code } = await run.ended
    expect(code).toBe(who === 'runner' ? null : 4)
    expect(existsSync(join(out, 'plan.json'))).toBe(true)
  })
})
