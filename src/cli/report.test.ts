import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { decideAny } from '../analysis/gate/any-layout.js'
import { writeCiOutputs } from '../library/ci-outputs.js'
import { SUMMARY_BYTES } from '../report/ci/comment.js'
import { ciOfGate } from '../report/ci/of-gate.js'
import { REPORT_FORMATS } from '../report/formats.js'
import { buildResult } from '../testing/builders.js'
import { buildGate, REGRESSED } from '../testing/gates.js'
import { cli } from './cli.js'

const folder = mkdtempSync(join(tmpdir(), 'feedbench-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const measured = buildGate({ alter: () => REGRESSED })
const gate = { ...measured, verdict: decideAny(measured) }
const gateFolder = join(folder, 'gate')
const runFolder = join(folder, 'run')
const summary = join(folder, 'summary.md')
for (const path of [gateFolder, runFolder]) mkdirSync(path)
writeFileSync(join(gateFolder, 'gate.json'), JSON.stringify(gate))
writeFileSync(join(runFolder, 'result.json'), JSON.stringify(buildResult({ labels: ['sse'] })))
beforeEach(() => rmSync(summary, { force: true }))

async function report(args: string[], env: Record<string, string> = {}) {
  let [stdout, stderr] = ['', '']
  const code = await cli(['report', ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
    onInterrupt: () => {},
  })
  return { code, stdout, stderr }
}

describe('report of a gate', () => {
  const forGates = Object.entries(REPORT_FORMATS).filter(([, { renderCi }]) => renderCi !== undefined)

  test.each(forGates)('as %s is what its renderer makes, by folder or file', async (format, { renderCi }) => {
    const text = renderCi?.([ciOfGate(gate)])
    expect(await report([gateFolder, '--format', format])).toEqual({ code: 0, stdout: text, stderr: '' })
    expect(await report([join(gateFolder, 'gate.json'), '--format', format])).toEqual({ code: 0, stdout: text, stderr: '' })
  })

  test('is Markdown unless another format is asked for, and stands beside runs', async () => {
    expect((await report([gateFolder])).stdout).toMatch(/^### :x: feedbench gate `quick`: fail\n/)
    const { stdout } = await report([runFolder, gateFolder, '--format', 'junit'])
    expect(stdout).toContain('<testsuite name="feedbench run quick: sse"')
    expect(stdout).toContain('<testsuite name="feedbench gate quick: sse"')
  })

  test('has the rounds of one that was killed before it wrote them into its gate.json, and what they say', async () => {
    const killed = join(folder, 'killed')
    mkdirSync(killed)
    const nothingYet = { ...gate, rounds: [], verdict: decideAny({ ...gate, rounds: [] }) }
    writeFileSync(join(killed, 'gate.json'), JSON.stringify(nothingYet))
    writeFileSync(join(killed, 'rounds.ndjson'), gate.rounds.map((round) => `${JSON.stringify(round)}\n`).join(''))
    expect(gate.verdict.status).toBe('fail')
    expect((await report([killed, '--format', 'junit'])).stdout).toBe(REPORT_FORMATS.junit?.renderCi?.([ciOfGate(gate)]))
  })

  test('says which formats there are where one is for runs only', async () => {
    for (const format of ['html', 'hgrm']) {
      const { code, stdout, stderr } = await report([gateFolder, '--format', format])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^--format: expected one of markdown, junit, .* for a gate, got .* \[E_FORMAT\]\n {2}hint: /)
    }
  })

  test('goes into a file with --out', async () => {
    const out = join(folder, 'junit.xml')
    expect(await report([gateFolder, '--format', 'junit', '--out', out])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(out, 'utf8')).toBe(REPORT_FORMATS.junit?.renderCi?.([ciOfGate(gate)]))
  })

  test.each([
    ['is no JSON', 'gate', /expected JSON/],
    [
      'is of another version',
      JSON.stringify({ ...gate, schemaVersion: 2 }),
      /at schemaVersion: expected 1, got 2 .*\n {2}hint: a newer feedbench/,
    ],
    ['is no object', '[]', /\[E_NOT_A_RUN\]/],
    ['lacks its parts', '{"schemaVersion":1}', /at verdict: expected .*\[E_RESULT_SCHEMA\]/],
    ['has a key too many', JSON.stringify({ ...gate, more: 1 }), /"more"/],
    ['has a figure that is none', JSON.stringify({ ...gate, seed: 'x' }), /at seed: expected /],
  ])('refuses a gate.json that %s', async (_, text, message) => {
    const broken = join(folder, 'broken')
    mkdirSync(broken, { recursive: true })
    writeFileSync(join(broken, 'gate.json'), text)
    const { code, stdout, stderr } = await report([broken, '--format', 'junit'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('the step summary', () => {
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }

  test('is appended to by the format github, where GitHub names a file for it', async () => {
    writeFileSync(summary, 'before\n')
    const { code, stdout } = await report([gateFolder, '--format', 'github'], env)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^::error title=feedbench gate quick%3A fail::sse latencyUs\.p50 is 12 %25 worse/)
    expect(readFileSync(summary, 'utf8')).toMatch(/^before\n### :x: feedbench gate `quick`: fail\n/)
    expect((await report([gateFolder, '--format', 'github'])).stdout).toBe(stdout)
  })

  test.each([0, 100, 1_000, 30_000])('stays below what GitHub takes of a step with %d bytes left', async (left) => {
    writeFileSync(summary, '-'.repeat(SUMMARY_BYTES - left))
    expect(await report([gateFolder, runFolder, '--format', 'github'], env)).toMatchObject({ code: 0, stderr: '' })
    const { length } = readFileSync(summary)
    expect(length).toBeLessThanOrEqual(SUMMARY_BYTES)
    if (left >= 1_000) expect(length).toBeGreaterThan(SUMMARY_BYTES - left)
  })

  test('that cannot be written is said, and changes nothing else', async () => {
    const { code, stdout, stderr } = await report([gateFolder, '--format', 'github'], { ...env, GITHUB_STEP_SUMMARY: folder })
    expect(code).toBe(0)
    expect(stdout).toContain('::error ')
    expect(stderr).toMatch(/\[E_OUTPUT\]/)
  })
})

describe('what a command leaves to CI', () => {
  const write = async (env: Record<string, string>, files: Parameters<typeof writeCiOutputs>[1] = {}) => {
    let log = ''
    await writeCiOutputs(gate, files, { env, log: { write: (text) => (log += text) }, failure: null, isLetPass: false })
    return log
  }

  test('are annotations and a summary on GitHub Actions, and nothing elsewhere', async () => {
    expect(await write({ GITHUB_STEP_SUMMARY: summary })).toBe('')
    expect(() => readFileSync(summary)).toThrow()
    expect(await write({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary })).toMatch(/^::error /)
    expect(readFileSync(summary, 'utf8')).toContain('feedbench gate')
    expect(await write({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'no', 'such') })).toMatch(/\[E_OUTPUT\]/)
  })

  test('are the files that were asked for, each in its format', async () => {
    const formats = ['junit', 'comment', 'benchmark-action', 'bmf'] as const
    const files = Object.fromEntries(formats.map((format) => [format, join(folder, `out.${format}`)]))
    expect(await write({}, files)).toBe('')
    for (const format of formats)
      expect(readFileSync(join(folder, `out.${format}`), 'utf8')).toBe(REPORT_FORMATS[format]?.renderCi?.([ciOfGate(gate)]))
    const bmf = join(folder, 'after-another.json')
    await expect(write({}, { junit: folder, comment: folder, bmf })).rejects.toMatchObject({
      problems: [{ code: 'E_OUTPUT' }, { code: 'E_OUTPUT' }],
    })
    expect(readFileSync(bmf, 'utf8')).toContain('quick: sse')
  })
})

test('a run as Markdown in a file has a picture beside it, which it shows; on stdout it has none', async () => {
  const out = join(folder, 'pull request (1).md')
  expect(await report([runFolder, '--out', out])).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(readFileSync(out, 'utf8')).toContain('\n![Latency from p50 to p99 of each label](pull%20request%20%281%29.svg)\n')
  expect(readFileSync(join(folder, 'pull request (1).svg'), 'utf8')).toMatch(/^<svg [\s\S]*>sse</)
  expect((await report([runFolder])).stdout).not.toContain('![')
})
