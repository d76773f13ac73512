import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Trial } from '../src/model/trial.js'
import { ALL_TRANSPORTS, childrenOf, type Ended, readResult, signal, start, temporaryFolder, writeScenario } from './command.js'

/** Processes that stand still in a rhythm, as on a machine that is far too busy: who was it, the driver or the server? */

interface Rhythm {
  frozenMs: number
  runningMs: number
}
const HARD: Rhythm = { frozenMs: 60, runningMs: 40 }
/** Seldom enough that each percentile but the highest is mostly of messages that met nothing, and with a period that a regular beat falls in step with. */
const SOFT: Rhythm = { frozenMs: 30, runningMs: 110 }
/** Ten minutes: more than a run takes, however slow the machine. */
const MOST_TURNS = 6_000

const folder = await temporaryFolder()
const parts = {
  feed: { rate: '40/s', arrival: 'periodic', payload: '200B' },
  transports: ALL_TRANSPORTS as unknown[],
  phases: { warmup: '200ms', measure: '1s', drain: '10s' },
}
const scenario = writeScenario(folder, 'frozen', parts)
const pullAndPush = writeScenario(folder, 'pull-and-push', {
  ...parts,
  transports: [{ polling: { interval: '100ms' } }, 'websocket'],
})

/** Runs the scenario while every member whose title begins so is stopped and continued, from the moment it has that title. */
async function runFrozen(
  title: string,
  name: string,
  { frozenMs, runningMs }: Rhythm,
  { file = scenario, transports }: { file?: string; transports?: readonly string[] } = {},
): Promise<Ended & { trials: Trial[] }> {
  const out = join(folder, name)
  const only = transports === undefined ? [] : ['--transports', transports.join()]
  const run = start(['run', file, '--out', out, '--seed', '3', ...only])
  for (let turn = 0; turn < MOST_TURNS && run.child.exitCode === null; turn++) {
    const members = childrenOf(run.pid).filter((child) => child.title.startsWith(title))
    for (const { pid } of members) signal(pid, 'SIGSTOP')
    if (members.length > 0) await sleep(frozenMs)
    for (const { pid } of members) signal(pid, 'SIGCONT')
    await sleep(runningMs)
  }
  const ended = await run.ended
  return { ...ended, trials: readResult(out).trials }
}

function codesOf({ verdict }: Trial): string[] {
  return verdict.reasons.map(({ code }) => code)
}

describe('a driver that is frozen', () => {
  test('makes every trial invalid, for a reason that names the driver, and the run ends with 3', async () => {
    const { code, trials, stdout } = await runFrozen('feedbench driver', 'driver', HARD)
    expect(trials.map(({ label }) => label).sort()).toHaveLength(5)
    for (const trial of trials) {
      expect(trial.verdict.status, trial.label).toBe('invalid')
      expect(['DRIVER_FROZEN', 'DRIVER_LAG'].filter((reason) => codesOf(trial).includes(reason))).not.toEqual([])
    }
    expect(code).toBe(3)
    expect(stdout).toContain('INVALID')
  }, 180_000)

  test('for a fifth of the time only is found out too, whether it asks or is told', async () => {
    const { trials } = await runFrozen('feedbench driver', 'driver-softly', SOFT, { file: pullAndPush })
    expect(trials.map(({ label }) => label).sort()).toEqual(['polling', 'websocket'])
    for (const trial of trials) {
      expect(trial.verdict.status, trial.label).not.toBe('valid')
      expect(['DRIVER_FROZEN', 'DRIVER_LATE', 'DRIVER_LAG'].filter((reason) => codesOf(trial).includes(reason))).not.toEqual([])
    }
  }, 180_000)
})

/** A pause of the whole machine stops the drivers too; then the run is done again, a few times at most. */
const MOST_RUNS = 8
const ALL = ['http-streaming', 'long-polling', 'polling', 'sse', 'websocket']

describe('a server that is frozen', () => {
  test('leaves the trials valid or degraded, with a finding about the publisher or the server', async () => {
    const believed = new Map<string, Trial>()
    for (let run = 1; run <= MOST_RUNS && believed.size < 5; run++) {
      const open = ALL.filter((label) => !believed.has(label))
      const { trials } = await runFrozen('feedbench server', `server-${run}`, HARD, { transports: open })
      expect(trials).toHaveLength(open.length)
      for (const trial of trials) {
        const { missing, delivered, expected } = trial.messages
        expect({ missing, delivered }, trial.label).toEqual({ missing: 0, delivered: expected })
        const findings = trial.verdict.reasons.filter(({ severity }) => severity === 'finding').map(({ code }) => code)
        expect(findings.filter((code) => code === 'PUBLISHER_LATE' || code === 'SERVER_SATURATED')).not.toEqual([])
        if (trial.verdict.status !== 'invalid') believed.set(trial.label, trial)
      }
    }
    expect([...believed.keys()].sort()).toEqual(ALL)
    // What the server's standing still cost is in the latency, of all of them: the driver did not wait with it.
    for (const { label, latencyUs, publishDelayUs } of believed.values()) {
      expect(publishDelayUs.p90, label).toBeGreaterThan(10_000)
      expect(latencyUs.p90, label).toBeGreaterThan(10_000)
    }
  }, 300_000)
})
