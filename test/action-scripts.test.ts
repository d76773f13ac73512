import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT, temporaryFolder } from './command.js'

/** What the scripts of the action do, as far as they go without GitHub: by the shell that it takes, with a program in place of feedbench. */

interface Action {
  inputs: Record<string, { default: string }>
  runs: { steps: { id?: string; if?: string; run?: string; env?: Record<string, string> }[] }
}

const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action

describe.skipIf(spawnSync('git', ['--version']).status !== 0)('the scripts of the action (skipped without git)', async () => {
  const folder = await temporaryFolder()
  const repository = join(folder, 'repository')
  const self = join(folder, 'action')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: repository, encoding: 'utf8' }).trim()

  beforeAll(() => {
    mkdirSync(repository)
    git('init', '--quiet')
    for (const version of ['before', 'after']) {
      writeFileSync(join(repository, 'server.txt'), version)
      mkdirSync(join(repository, 'server side'), { recursive: true })
      writeFileSync(join(repository, 'server side', 'main.txt'), version)
      git('add', '.')
      git('commit', '--quiet', '-m', version)
    }
    // In place of feedbench: says what it was told, and leaves a gate behind, with its reports unless it is killed.
    mkdirSync(join(self, 'dist'), { recursive: true })
    writeFileSync(join(self, 'package.json'), '{}')
    writeFileSync(
      join(self, 'dist/main.js'),
      `const fs = require('node:fs')
       const args = process.argv.slice(2)
       fs.appendFileSync(process.env.LOG, JSON.stringify(args) + '\\n')
       const given = (name) => args.find((arg) => arg.startsWith('--' + name + '='))?.slice(name.length + 3)
       if (args[0] === 'gate' && process.env.GATES !== 'no') fs.writeFileSync(given('out') + '/gate.json', '{}')
       if (args[0] === 'gate' && process.env.KILLED === 'yes') process.kill(process.pid, 'SIGKILL')
       if (args[0] === 'gate') for (const name of ['junit', 'comment']) fs.writeFileSync(given(name), name)
       process.exitCode = Number(args[0] === 'gate' ? process.env.CODE : process.env.REPORT_CODE)`,
    )
  })

  /** As the runner does it: a step after the other, each script a file of bash, outputs in a file. */
  function run(name: string, given: Record<string, string>, env: Record<string, string> = {}) {
    const temporary = join(folder, name)
    mkdirSync(temporary, { recursive: true })
    const outputs: Record<string, Record<string, string>> = {}
    const log = join(temporary, 'log')
    rmSync(log, { force: true })
    const evaluate = (path: string): string => {
      const [kind, id = '', , output = ''] = path.split('.')
      if (kind === 'inputs') return given[id] ?? action.inputs[id]?.default ?? ''
      return outputs[id]?.[output] ?? ''
    }
    let status = 0
    let stdout = ''
    for (const [place, { id = '', if: condition, run: script, env: variables = {} }] of action.runs.steps.entries()) {
      if (script === undefined || status !== 0) continue
      if (condition?.includes('inputs.baseline-ref') && evaluate('inputs.baseline-ref') === '') continue
      const values = Object.entries(variables).map(([variable, text]) => {
        const [, expression = ''] = /^\$\{\{ (.*) \}\}$/.exec(text) ?? []
        return [
          variable,
          expression
            .split(' || ')
            .map(evaluate)
            .find((value) => value !== '') ?? '',
        ] as const
      })
      const file = join(temporary, `step-${place}.sh`)
      const output = join(temporary, `output-${place}`)
      writeFileSync(file, script)
      writeFileSync(output, '')
      const step = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', file], {
        cwd: repository,
        encoding: 'utf8',
        timeout: 60_000,
        env: {
          ...process.env,
          CODE: '0',
          REPORT_CODE: '0',
          LOG: log,
          ...env,
          ...Object.fromEntries(values),
          GITHUB_ACTION_PATH: self,
          GITHUB_OUTPUT: output,
          RUNNER_TEMP: temporary,
        },
      })
      status = step.status ?? -1
      stdout += step.stdout + step.stderr
      outputs[id] = Object.fromEntries(
        readFileSync(output, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => line.split('=', 2) as [string, string]),
      )
    }
    const calls = existsSync(log)
      ? readFileSync(log, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as string[])
      : []
    return { status, stdout, calls, outputs, temporary }
  }

  const optionOf = (call: string[] | undefined, name: string) =>
    call?.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''

  test('build the baseline from its commit, gate, and have the gate write its reports', () => {
    const { status, stdout, calls, outputs, temporary } = run('ordinary', {
      'baseline-ref': 'HEAD^',
      build: 'cat server.txt; cp server.txt built.txt',
      scenario: 'a b.yaml',
    })
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'before' })
    const [baseline, gate] = [optionOf(calls[0], 'baseline'), optionOf(calls[0], 'out')]
    for (const path of [baseline, gate]) expect(path.startsWith(join(temporary, 'feedbench-'))).toBe(true)
    expect(readFileSync(join(baseline, 'built.txt'), 'utf8')).toBe('before')
    expect(calls).toEqual([
      [
        'gate',
        'a b.yaml',
        `--baseline=${baseline}`,
        '--candidate=.',
        `--out=${gate}`,
        '--progress=lines',
        `--junit=${join(gate, 'junit.xml')}`,
        `--comment=${join(gate, 'comment.md')}`,
      ],
    ])
    expect(outputs.gate).toEqual({ 'exit-code': '0', folder: gate })
  })

  test('take a folder of the baseline for its side, and refuse one that is not there', () => {
    const given = { 'baseline-ref': 'HEAD^', build: 'cat server.txt', candidate: './server side' }
    const { status, calls } = run('within', { ...given, 'baseline-path': 'server side' })
    expect([status, calls[0]?.[3]]).toEqual([0, '--candidate=./server side'])
    expect(readFileSync(join(optionOf(calls[0], 'baseline'), 'main.txt'), 'utf8')).toBe('before')
    const missing = run('not-within', { ...given, 'baseline-path': 'nowhere' })
    expect([missing.status, missing.calls]).toEqual([2, []])
    expect(missing.stdout).toMatch(/^::error title=feedbench gate::baseline-path: expected a folder/m)
  })

  test.each([1, 3, 4, 130])('end with the code of the gate, %i, after what it leaves was kept', (code) => {
    const { status, calls, outputs } = run(
      `ends-${code}`,
      { baseline: '../before', inconclusive: 'pass' },
      { CODE: String(code) },
    )
    expect(status).toBe(code)
    expect(calls[0]).toEqual(expect.arrayContaining(['gate', '--baseline=../before', '--inconclusive=pass']))
    expect(outputs.gate).toEqual({ 'exit-code': String(code), folder: optionOf(calls[0], 'out') })
  })

  test.each(['0', '4'])(
    'render what a gate left that was killed, and end as it did, though report ends with %s',
    (reportCode) => {
      const env = { KILLED: 'yes', REPORT_CODE: reportCode }
      const { status, stdout, calls, outputs } = run(`killed-${reportCode}`, { baseline: 'x' }, env)
      const gate = optionOf(calls[0], 'out')
      expect([status, outputs.gate]).toEqual([137, { 'exit-code': '137', folder: gate }])
      expect(calls.slice(1)).toEqual([
        ['report', gate, '--format', 'junit', '--out', join(gate, 'junit.xml')],
        ['report', gate, '--format', 'comment', '--out', join(gate, 'comment.md')],
      ])
      expect(stdout.match(/^::warning title=feedbench gate::there is no \w+ of this gate/gm) ?? []).toHaveLength(
        reportCode === '0' ? 0 : 2,
      )
    },
  )

  test('take no gate for their own that another step of the job left', () => {
    const first = run('twice', { 'baseline-ref': 'HEAD^', build: 'true' })
    expect(first.outputs.gate).toMatchObject({ 'exit-code': '0', folder: expect.stringContaining('feedbench-gate.') })
    const second = run('twice', { 'baseline-ref': 'HEAD^', build: 'true' }, { CODE: '2', GATES: 'no' })
    expect({ status: second.status, outputs: second.outputs.gate }).toEqual({ status: 2, outputs: { 'exit-code': '2' } })
  })

  test('leave no folder where there is no gate', () => {
    const { status, calls, outputs } = run('none', { baseline: 'x' }, { CODE: '2', GATES: 'no' })
    expect({ status, calls: calls.length, outputs: outputs.gate }).toEqual({ status: 2, calls: 1, outputs: { 'exit-code': '2' } })
  })

  test.each([
    ['no-such', 'no-such-branch'],
    ['option', '--upload-pack=touch pwned'],
    ['shell', '$(touch pwned)'],
  ])('refuse a baseline that is no commit: %s', (name, ref) => {
    const { status, stdout, calls } = run(name, { 'baseline-ref': ref, build: 'true' })
    expect({ status, calls }).toEqual({ status: 2, calls: [] })
    expect(stdout).toMatch(/^::error title=feedbench gate::baseline-ref: expected a commit/m)
    expect(existsSync(join(repository, 'pwned'))).toBe(false)
  })

  test('run nothing that an input other than build brings', () => {
    const hostile = '"; touch pwned; $(touch pwned) `touch pwned` \n'
    const { status, calls } = run('hostile', { scenario: hostile, baseline: hostile, candidate: hostile, inconclusive: hostile })
    expect(status).toBe(0)
    expect(calls[0]).toEqual(expect.arrayContaining([hostile, `--baseline=${hostile}`, `--candidate=${hostile}`]))
    expect(existsSync(join(repository, 'pwned'))).toBe(false)
  })

  test('end where the baseline cannot be built', () => {
    expect(run('broken', { 'baseline-ref': 'HEAD^', build: 'false; true' })).toMatchObject({ status: 1, calls: [] })
  })
})
