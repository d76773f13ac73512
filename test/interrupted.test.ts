import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { feedbench, memberOf, readJournal, readResult, start, temporaryFolder, until, writeScenario } from './command.js'
import { errorsOf, expectKept, type Held, heldIn, PHASES, type Phase } from './phases.js'

/** Whoever interrupts a run keeps what had finished: in every phase, by each signal that asks politely, to the command or to all its group. */

const folder = await temporaryFolder()

const WAYS: [name: string, signal: string, interrupt: (held: Held) => Promise<void> | void][] = [
  ['SIGINT', 'SIGINT', ({ run }) => void run.child.kill('SIGINT')],
  ['SIGINT to the whole group, as Ctrl-C is', 'SIGINT', ({ run }) => void process.kill(-run.pid, 'SIGINT')],
  ['SIGTERM to each process, as service managers do', 'SIGTERM', terminateAll],
  ['SIGHUP to the whole group, as when a terminal is closed', 'SIGHUP', ({ run }) => void process.kill(-run.pid, 'SIGHUP')],
  ['SIGINT five times', 'SIGINT', impatiently],
]

function terminateAll({ run, members }: Held): void {
  for (const pid of [...members.map((member) => member.pid), run.pid]) process.kill(pid, 'SIGTERM')
}

async function impatiently({ run }: Held): Promise<void> {
  for (let count = 0; count < 5; count++) {
    run.child.kill('SIGINT')
    await sleep(5)
  }
}

/** Two ways in each phase, and each way in two phases or three: what is done about a signal does not ask which phase it is. */
function waysIn(phase: Phase): typeof WAYS {
  const first = PHASES.indexOf(phase)
  return WAYS.filter((_, index) => [first, first + 2].some((one) => one % WAYS.length === index))
}

describe.concurrent.each(PHASES)('a run that is interrupted in its %s phase', (phase) => {
  test.each(waysIn(phase))('by %s ends with 130, says so once, and keeps what had finished', async (_, signal, interrupt) => {
    const held = await heldIn(folder, phase, `${phase}-${WAYS.findIndex((way) => way[2] === interrupt)}`, { isGroup: true })
    await interrupt(held)
    const ended = await expectKept(held)
    expect(ended).toMatchObject({ code: 130, signal: null })
    const sentence = `run: expected to run to the end, but it was interrupted by ${signal} [E_INTERRUPTED]`
    expect(errorsOf(ended)).toBe(`${sentence}\n  hint: what had finished is kept\n`)
    expect(readResult(held.out).summary.endedEarly).toBe(sentence)
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe(held.out)
  })
})

describe('a run that is interrupted', () => {
  const scenario = writeScenario(folder, 'many', { rounds: 20 })

  test('can be reported on', async () => {
    const out = join(folder, 'reported')
    const run = start(['run', scenario, '--out', out])
    await until('two trials', () => readJournal(out).length >= 2)
    run.child.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130 })
    const report = await feedbench(['report', out])
    expect(report).toMatchObject({ code: 0, stderr: '' })
    expect(report.stdout).toContain('interrupted by SIGINT')
  })

  test('before its first trial is over has a result without trials, which is no pass', async () => {
    const out = join(folder, 'early')
    const run = start(['run', scenario, '--out', out])
    await memberOf(run, 'feedbench server')
    run.child.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130 })
    expect(readResult(out)).toMatchObject({ trials: [], summary: { exitCode: 130, trials: { planned: 20, finished: 0 } } })
  })
})
