import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult, GateVerdict } from '../model/gate.js'
import { buildGate } from '../testing/gates.js'
import { parseXml } from '../testing/xml.js'
import { exitCodeOf, tellCi } from './gate.js'
import { refuseOtherRules } from './gate-again.js'
import { refuseUnheard } from './gate-session.js'

const resultOf = (status: GateVerdict['status'], exitCode: number, look: number | null = 3) =>
  ({ verdict: { status, exitCode, look } }) as GateResult
const died = new FeedbenchError({ code: 'E_MEMBER_DIED', where: 'feedbench server', message: 'expected to run, but it ended' })

describe('a gate ends with', () => {
  test.each<[GateVerdict['status'], number]>([
    ['pass', 0],
    ['fail', 1],
    ['inconclusive', 3],
    ['invalid', 3],
  ])('the code of its verdict: %s %i', (status, code) => {
    expect(exitCodeOf({ result: resultOf(status, code), failure: null }, undefined)).toBe(code)
  })

  test('0 where it is inconclusive and that is let pass, and never where it is invalid or failed', () => {
    const relaxed = (status: GateVerdict['status'], code: number) =>
      exitCodeOf({ result: resultOf(status, code), failure: null }, 'pass')
    expect([relaxed('inconclusive', 3), relaxed('invalid', 3), relaxed('fail', 1), relaxed('pass', 0)]).toEqual([0, 3, 1, 0])
  })

  test('3 where it is inconclusive only because it is not finished, or was measured elsewhere, whatever is let pass', () => {
    expect(exitCodeOf({ result: resultOf('inconclusive', 3, null), failure: null }, 'pass')).toBe(3)
  })

  test('the code of what ended it before its verdict, whatever its rounds say', () => {
    for (const status of ['pass', 'fail', 'inconclusive'] as const)
      expect(exitCodeOf({ result: resultOf(status, 0), failure: died }, 'pass')).toBe(4)
  })
})

describe('what CI is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'feedbench-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const junit = join(folder, 'junit.xml')
  const interrupted = new FeedbenchError({
    code: 'E_INTERRUPTED',
    where: 'gate',
    message: 'expected to run to the end, but it was interrupted by SIGINT',
  })
  const why = 'not finished: 3 valid rounds, and the next look is after 6'
  const unfinished = buildGate({ rounds: 3, verdict: { status: 'invalid', look: null, rounds: 3, exitCode: 3, why } })
  const undecided = buildGate({ verdict: { status: 'inconclusive', look: 3, exitCode: 3, why: 'too noisy' } })

  async function told(result: GateResult, failure: FeedbenchError | null, isLetPass: boolean, file = junit) {
    let log = ''
    const terminal = { env: { GITHUB_ACTIONS: 'true' }, stderr: { write: (text: string) => (log += text) } }
    const after = await tellCi({ result, failure }, isLetPass, { junit: file }, terminal)
    return { after, log }
  }
  const verdict = () => {
    const document = parseXml(readFileSync(junit, 'utf8'))
    const [suite] = document.children
    const element = suite?.children.find(({ name }) => name === 'testcase')?.children[0]
    return { errors: document.attributes.errors, failures: document.attributes.failures, ...element }
  }

  test('of a gate that was interrupted is what finished, and what ended it', async () => {
    const { after, log } = await told(unfinished, interrupted, false)
    expect(after).toBe(interrupted)
    const sentence = `gate: ${interrupted.problems[0]?.message} [E_INTERRUPTED]; ${why}`
    expect(verdict()).toMatchObject({ errors: '1', failures: '0', name: 'error', attributes: { message: sentence } })
    expect(log).toContain('::warning title=feedbench gate quick%3A inconclusive::gate: expected to run to the end')
  })

  test('of a gate that could not be written is no pass, though its rounds were one', async () => {
    await told(buildGate(), died, false)
    expect(verdict()).toMatchObject({ errors: '1', name: 'error' })
  })

  test('of one that is let pass is no error, and no pass either', async () => {
    await told(undecided, null, true)
    const message = 'too noisy [let pass by --inconclusive=pass]'
    expect(verdict()).toMatchObject({ errors: '0', failures: '0', name: 'skipped', attributes: { message } })
    await told(undecided, null, false)
    expect(verdict()).toMatchObject({ errors: '1', failures: '0', name: 'error', attributes: { message: 'too noisy' } })
  })

  test('and cannot be written does not hide how the gate ended', async () => {
    const { after } = await told(unfinished, interrupted, false, folder)
    expect(after?.problems.map(({ code }) => code)).toEqual(['E_INTERRUPTED', 'E_OUTPUT'])
    expect(exitCodeOf({ result: unfinished, failure: after }, undefined)).toBe(130)
    const passed = await told(buildGate(), null, false, folder)
    expect(exitCodeOf({ result: buildGate(), failure: passed.after }, undefined)).toBe(4)
  })
})

describe('options of a gate that would make no difference are refused', () => {
  test.each([
    [{ against: 'main', baseline: '../before' }, 'expected either --against or --baseline, got baseline too'],
    [{ resume: 'a', out: 'b' }, 'got out too'],
    [{ resume: 'a', against: 'main' }, 'got against too'],
  ])('%j', (request, message) => {
    expect(() => refuseUnheard(request)).toThrow(message)
  })

  test('and no others', () => {
    for (const request of [
      { against: 'main', candidate: '.' },
      { resume: 'a', candidate: '.' },
      { baseline: 'a', out: 'b' },
    ])
      expect(() => refuseUnheard(request)).not.toThrow()
  })
})

describe('a gate that is decided again', () => {
  const gate = buildGate()

  test('is decided by rules that a scenario may have', () => {
    expect(() => refuseOtherRules('kept', gate)).not.toThrow()
    expect(() => refuseOtherRules('kept', { ...gate, rounds: [] })).not.toThrow()
  })

  test('is refused with all rules by which anything would pass', () => {
    const rules = { ...gate.rules, passAlpha: 1, looks: [1, 2, 3], mostReplacedShare: 5 }
    let caught: unknown
    try {
      refuseOtherRules('kept', { ...gate, rules })
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(FeedbenchError)
    expect((caught as FeedbenchError).problems.map(({ code, where }) => `${code} ${where}`)).toEqual([
      'E_RESULT_SCHEMA kept at rules.looks.0',
      'E_RESULT_SCHEMA kept at rules.looks.1',
      'E_RESULT_SCHEMA kept at rules.looks.2',
      'E_RESULT_SCHEMA kept at rules.passAlpha',
      'E_RESULT_SCHEMA kept at rules.mostReplacedShare',
    ])
  })
})
