import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  childrenOf,
  feedbench,
  isRunning,
  type Process,
  readJournal,
  readResult,
  start,
  temporaryFolder,
  until,
  writeScenario,
} from './command.js'
import { errorsOf, expectKept, heldIn, PHASES } from './phases.js'

/** A process of a run that is killed outright, in every phase: the rest ends, and what had finished is kept. */

const folder = await temporaryFolder()
const hasSetpriv = spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).status === 0

/** Below what a phase lasts by itself. One that was just begun has to start before it can notice. */
function gone(members: readonly Process[], forMs = 10_000): Promise<true> {
  return until('the members to end', () => members.every(({ pid }) => !isRunning(pid)), forMs)
}

describe.concurrent.each(PHASES)('killed in the %s phase,', (phase) => {
  test.each(['server', 'driver 1'])('%s ends the run with 4 and a sentence that names it', async (who) => {
    const launching = who === 'server' ? 'server' : 'driver'
    const held = await heldIn(folder, phase, `${phase}-${launching}`, { launching })
    const { pid } = held.members.find(({ title }) => title === `feedbench ${who}`) as Process
    process.kill(pid, 'SIGKILL')
    const ended = await expectKept(held)
    expect(ended.code).toBe(4)
    const sentence = `feedbench ${who} in the ${phase} phase of trial 2 (${held.label}): expected to run until its trial was over, but it ended by SIGKILL [E_MEMBER_DIED]`
    expect(errorsOf(ended)).toMatch(/^[^\n]+\n {2}hint: [^\n]+\n$/)
    expect(errorsOf(ended).split('\n')[0]).toBe(sentence)
    expect(readResult(held.out).summary.endedEarly).toBe(sentence)
  })

  test('the runner takes its processes along, and leaves a journal that can be read', async () => {
    const { run, out, members } = await heldIn(folder, phase, `${phase}-runner`)
    run.child.kill('SIGKILL')
    await gone(members)
    expect(await run.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
    expect(existsSync(join(out, 'result.json'))).toBe(false)
    expect(readJournal(out)).toHaveLength(1)
    const report = await feedbench(['report', out])
    expect(report).toMatchObject({ code: 0, stderr: '' })
    expect(report.stdout).toContain('the run did not finish')
  })
})

describe('a runner that is killed', () => {
  test.each([0, 1, 2, 3])('while its processes start takes them along too (%i)', async (step) => {
    const run = start(['run', writeScenario(folder, 'starting'), '--out', join(folder, `starting-${step}`)])
    const first = await until('a process', () => {
      const children = childrenOf(run.pid)
      return children.length > 0 && children
    })
    await sleep(step * 60)
    const all = [...first, ...childrenOf(run.pid)]
    run.child.kill('SIGKILL')
    await run.ended
    await gone(all, 30_000)
  })

  test.skipIf(!hasSetpriv)('takes along a server and a driver that are suspended, where there is setpriv', async () => {
    const { run, members } = await heldIn(folder, 'measure', 'suspended')
    for (const { pid } of members) process.kill(pid, 'SIGSTOP')
    run.child.kill('SIGKILL')
    await run.ended
    await gone(members)
  })
})

test('with --json, a server that is killed is told in the one document that is printed', async () => {
  const held = await heldIn(folder, 'measure', 'json', { args: ['--json'] })
  process.kill((held.members.find(({ title }) => title === 'feedbench server') as Process).pid, 'SIGKILL')
  const { stdout } = await expectKept(held)
  const { error, ...result } = JSON.parse(stdout) as { error: { problems: { code: string; where: string }[] } }
  const where = 'feedbench server in the measure phase of trial 2 (websocket)'
  expect(error.problems).toMatchObject([{ code: 'E_MEMBER_DIED', where }])
  expect(result).toEqual(readResult(held.out))
})

describe('one of two drivers', () => {
  test('that is killed ends the run with 4 and its own name, and the other with it', async () => {
    const scenario = writeScenario(folder, 'two-drivers', {
      clients: 2_502,
      pin: false,
      feed: { rate: '1/s', payload: '200B' },
      phases: { warmup: '100ms', measure: '25s', drain: '1s' },
    })
    const out = join(folder, 'two-drivers.out')
    const preload = new URL('fixtures/four-cores.mjs', import.meta.url).href
    const run = start(['run', scenario, '--out', out, '--progress', 'lines'], { env: { NODE_OPTIONS: `--import ${preload}` } })
    await until('the window', () => run.stderr().includes('  measuring'))
    const members = childrenOf(run.pid)
    expect(members.map(({ title }) => title).sort()).toEqual(['feedbench driver 1', 'feedbench driver 2', 'feedbench server'])
    process.kill((members.find(({ title }) => title === 'feedbench driver 2') as Process).pid, 'SIGKILL')
    const ended = await run.ended
    expect(members.filter(({ pid }) => isRunning(pid))).toEqual([])
    expect(errorsOf(ended)).toMatch(
      /^feedbench driver 2 in the measure phase of trial 1 \(websocket\): .* SIGKILL \[E_MEMBER_DIED\]\n {2}hint: .*\n$/,
    )
    expect(ended.code).toBe(4)
  })
})
