import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ALL_TRANSPORTS, feedbench, MAIN, readJournal, readResult, temporaryFolder, writeScenario } from './command.js'

/** A wall clock that steps, another run beside, a reader who has seen enough. */

const folder = await temporaryFolder()

describe('a wall clock that steps back and forth', () => {
  test('leaves every figure alone, and is said of each trial', async () => {
    const scenario = writeScenario(folder, 'clock', {
      transports: ALL_TRANSPORTS,
      phases: { warmup: '200ms', measure: '1300ms', drain: '3s' },
    })
    const preload = new URL('fixtures/stepping-wall-clock.mjs', import.meta.url).href
    const { code, stderr } = await feedbench(['run', scenario], { cwd: folder, env: { NODE_OPTIONS: `--import ${preload}` } })
    expect([0, 3]).toContain(code)
    expect(stderr).toBe('')
    const [name = '', ...others] = readdirSync(join(folder, 'results', 'runs'))
    expect(others).toEqual([])
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-clock$/)
    const { trials } = readResult(join(folder, 'results', 'runs', name))
    expect(trials).toHaveLength(5)
    for (const { label, startedAt, windows, messages, latencyUs, connectUs, driver, machine, verdict } of trials) {
      expect(Math.abs(Date.parse(startedAt) - Date.now()), label).toBeLessThan(2 * 86_400_000)
      const { missing, duplicates, delivered, expected } = messages
      expect({ missing, duplicates, delivered }, label).toEqual({ missing: 0, duplicates: 0, delivered: expected })
      expect(windows.map(({ startUs, endUs }) => endUs - startUs)).toEqual([1_300_000])
      // An hour would show.
      for (const { min, max } of [latencyUs, connectUs]) {
        expect(min).toBeGreaterThanOrEqual(0)
        expect(max).toBeLessThan(60e6)
      }
      expect(driver.negatives).toBe(0)
      if (Math.abs(machine.wallClockDriftUs ?? 0) > 1e9)
        expect(verdict.reasons.map((reason) => reason.code)).toContain('CLOCK_STEP')
      expect(verdict.reasons.map((reason) => reason.code)).not.toContain('NEGATIVE_LATENCY')
    }
    const drifts = trials.map(({ machine }) => Math.abs(machine.wallClockDriftUs ?? 0))
    expect(Math.max(...drifts)).toBeGreaterThan(1e9)
  })
})

describe('two runs at once', () => {
  test('of one scenario, in one folder, in the same second: each has a folder of its own and all that belongs in it', async () => {
    const scenario = writeScenario(folder, 'twice', { transports: ['long-polling', 'websocket'] })
    const cwd = await temporaryFolder()
    const ended = await Promise.all([0, 1].map(() => feedbench(['run', scenario, '--seed', '3'], { cwd })))
    const folders = ended.map(({ stdout }) => stdout.trimEnd().split('\n').at(-1) as string)
    expect(new Set(folders).size).toBe(2)
    expect(readdirSync(join(cwd, 'results', 'runs'))).toHaveLength(2)
    for (const [index, { code, stderr }] of ended.entries()) {
      const { trials, summary } = readResult(folders[index] as string)
      expect({ code: summary.exitCode, stderr }).toEqual({ code, stderr: '' })
      expect([0, 3]).toContain(code)
      expect(trials).toEqual(readJournal(folders[index] as string))
      expect(trials.map(({ messages }) => messages.missing)).toEqual([0, 0])
      for (const { connections } of trials) expect(connections).toEqual({ opened: 20, failed: 0, reconnects: 0 })
    }
  })

  test('into one folder that is named: one of them has it, the other is refused', async () => {
    const scenario = writeScenario(folder, 'same')
    const out = join(folder, 'same.out')
    const ended = await Promise.all([0, 1].map(() => feedbench(['run', scenario, '--out', out])))
    const refused = ended.filter(({ code }) => code === 2)
    expect(refused).toHaveLength(1)
    expect(refused[0]?.stderr).toMatch(/\[E_RUN_EXISTS\]\n {2}hint: /)
    expect(readResult(out).trials).toHaveLength(1)
  })
})

describe('a reader who has seen enough', () => {
  test.each(['stdout', 'stderr'] as const)('of %s breaks neither the run nor its exit code', async (stream) => {
    const out = join(folder, `${stream}.out`)
    const scenario = writeScenario(folder, stream)
    const child = spawn(process.execPath, [MAIN, 'run', scenario, '--out', out, '--progress', 'lines'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child[stream].destroy()
    child[stream === 'stdout' ? 'stderr' : 'stdout'].resume()
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(code).toBe(readResult(out).summary.exitCode)
    expect([0, 3]).toContain(code)
  })
})
