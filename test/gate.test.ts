import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { GateResult } from '../src/model/gate.js'
import { childrenOf, feedbench, memberOf, ROOT, signal, start, temporaryFolder, writeScenario } from './command.js'

/** The command gate from outside: what becomes of it when something breaks, and that what is decided stays so. Whether a round is valid is the machine's to say. */

const folder = await temporaryFolder()

/** One label for a second or two a round; the first invalid round ends it, so that no test waits for a machine to be calm. */
const scenario = writeScenario(folder, 'tiny', {
  feed: { rate: '120/s', arrival: 'periodic', payload: '200B' },
  clients: 3,
  transports: ['websocket'],
  phases: { warmup: '100ms', measure: '1s', drain: '5s' },
  gate: { slice: '100ms', perSide: '800ms', looks: [12], alphas: [0.01], mostReplacedShare: '0%' },
})
const ab = ['--baseline', ROOT, '--candidate', ROOT, '--seed', '5']
const readGate = (name: string) => JSON.parse(readFileSync(join(folder, name, 'gate.json'), 'utf8')) as GateResult

describe('a gate', () => {
  test('whose candidate dies ends with 4 and its name, keeps its rounds, and goes on', async () => {
    const out = join(folder, 'killed')
    const run = start(['gate', scenario, ...ab, '--out', out])
    const { pid } = await memberOf(run, 'feedbench server (candidate)')
    await memberOf(run, 'feedbench driver 1')
    process.kill(pid, 'SIGKILL')
    const { code, stderr } = await run.ended
    expect(stderr).toMatch(
      /^feedbench server \(candidate\) in the \w+ phase of round \d+ \(websocket\): .* \[E_MEMBER_DIED\]\n {2}hint: /,
    )
    expect(code).toBe(4)
    expect(readGate('killed').verdict.exitCode).toBe(3)
    const other = await feedbench(['gate', '--resume', out, '--transports', 'websocket'])
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('[E_GATE_RESUME]')])
  })

  test('whose driver stands still again and again is invalid: 3, and the same from its rounds, to the byte', async () => {
    const out = join(folder, 'frozen')
    const run = start(['gate', scenario, ...ab, '--out', out, '--inconclusive', 'pass'])
    // Ten minutes: more than a round takes, however slow the machine.
    for (let turn = 0; turn < 6_000 && run.child.exitCode === null; turn++) {
      const drivers = childrenOf(run.pid).filter(({ title }) => title.startsWith('feedbench driver'))
      for (const { pid } of drivers) signal(pid, 'SIGSTOP')
      if (drivers.length > 0) await sleep(60)
      for (const { pid } of drivers) signal(pid, 'SIGCONT')
      await sleep(40)
    }
    const { code, stdout } = await run.ended
    expect(code).toBe(3)
    expect(stdout).toMatch(/^invalid/im)
    const { rounds, verdict, sides } = readGate('frozen')
    expect(verdict.status).toBe('invalid')
    expect(rounds[0]?.validity.reasons.map(({ message }) => message).join()).toMatch(/DRIVER_FROZEN|driver/)
    expect(sides.baseline.build).toMatch(/^[0-9a-f]{64}$/)
    expect(sides.candidate).toEqual(sides.baseline)

    const again = await feedbench(['gate', '--from', out, '--json'])
    expect(again.stdout).toBe(readFileSync(join(out, 'gate.json'), 'utf8'))
    expect(again.code).toBe(3)
    // There is no retry until green: what is decided is not measured again.
    const resumed = await feedbench(['gate', '--resume', out, '--json'])
    expect([resumed.stdout, resumed.code]).toEqual([again.stdout, 3])
  })

  test('that is interrupted ends with 130, and can be gone on with', async () => {
    const out = join(folder, 'interrupted')
    const junit = join(folder, 'interrupted.xml')
    const run = start(['gate', scenario, ...ab, '--out', out, '--junit', junit])
    await memberOf(run, 'feedbench driver 1')
    run.child.kill('SIGINT')
    const { code, stderr } = await run.ended
    expect(stderr).toContain('gate: expected to run to the end, but it was interrupted by SIGINT [E_INTERRUPTED]')
    expect(code).toBe(130)
    expect(existsSync(join(out, 'gate.json'))).toBe(true)
    expect(readFileSync(junit, 'utf8')).toContain('interrupted by SIGINT [E_INTERRUPTED]; not finished: no valid round')
    const out2 = await feedbench(['gate', scenario, ...ab, '--out', out])
    expect([out2.code, out2.stderr]).toEqual([2, expect.stringContaining('[E_RUN_EXISTS]')])
  })

  test('of a feedbench that speaks another protocol says so', async () => {
    const older = join(folder, 'older')
    mkdirSync(join(older, 'dist'), { recursive: true })
    cpSync(join(ROOT, 'package.json'), join(older, 'package.json'))
    writeFileSync(
      join(older, 'dist', 'main.js'),
      `process.on('message', () => process.send({ id: 0, part: 0, parts: 1, text: JSON.stringify({ kind: 'ready' }) }))`,
    )
    const { code, stderr } = await feedbench([
      'gate',
      scenario,
      '--baseline',
      older,
      '--candidate',
      ROOT,
      '--out',
      join(folder, 'o'),
    ])
    expect(stderr).toContain(
      'feedbench server (baseline) in the launch phase of round 1 (websocket): expected a feedbench whose processes',
    )
    expect(stderr).toContain('[E_MEMBER_VERSION]')
    expect(code).toBe(2)
  })
})

test.concurrent.each([
  ['no scenario', ['gate'], 'E_USAGE'],
  ['no candidate', ['gate', scenario, '--baseline', ROOT], 'E_USAGE'],
  ['a side that is not there', ['gate', scenario, '--baseline', 'nowhere', '--candidate', ROOT], 'E_GATE_SIDE'],
  ['a side that is something else', ['gate', scenario, '--baseline', folder, '--candidate', ROOT], 'E_GATE_SIDE'],
  ['a scenario for something else', ['gate', 'quick', ...ab], 'E_GATE'],
  ['a baseline that is not there', ['gate', scenario, '--against', 'main'], 'E_BASELINE'],
  ['a run that is too short for a baseline', ['baseline', 'show', 'main'], 'E_BASELINE'],
  ['no gate to decide again', ['gate', '--from', folder], 'E_NOT_A_RUN'],
])('%s is said in one sentence, with what to do', async (_what, args, expected) => {
  const { code, stderr } = await feedbench(args, { cwd: folder })
  expect(stderr).toMatch(new RegExp(`: expected .*, (got|but).* \\[${expected}\\]\\n {2}hint: `))
  expect(code).toBe(2)
})
