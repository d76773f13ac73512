import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REPORT_FORMATS } from '../src/report/formats.js'
import { feedbench, MAIN, ROOT, temporaryFolder } from './command.js'

/** What a shell is offered, asked as its script asks, and by way of the script in a real bash. */

const folder = await temporaryFolder()
for (const run of ['2026-01-01T00-00-00Z-quick', '2026-01-02T00-00-00Z-steady', 'no-run'])
  mkdirSync(join(folder, 'results', 'runs', run), { recursive: true })
for (const run of ['2026-01-01T00-00-00Z-quick', '2026-01-02T00-00-00Z-steady'])
  writeFileSync(join(folder, 'results', 'runs', run, 'plan.json'), '{}')

const OLDER = 'results/runs/2026-01-01T00-00-00Z-quick'
const NEWER = 'results/runs/2026-01-02T00-00-00Z-steady'
const scenariosIn = (folder: string) =>
  readdirSync(`${ROOT}scenarios/${folder}`)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => `${folder}${file.replace('.yaml', '')}`)
const SCENARIOS = [...scenariosIn(''), ...scenariosIn('published/')]
const TRANSPORTS = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket']

async function offered(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await feedbench(['--get-yargs-completions', 'feedbench', ...words], { cwd: folder })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n').slice(0, -1)
}

describe('a shell is offered', () => {
  test('commands', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(['run', 'serve', 'list', 'report', 'completion']))
  })

  test('the options of a command', async () => {
    const options = await offered('run', 'quick', '--')
    expect(options).toEqual(expect.arrayContaining(['--transports', '--clients', '--duration', '--rounds', '--seed', '--out']))
    expect(await offered('serve', '--')).toEqual(expect.arrayContaining(['--port', '--rate', '--host']))
  })

  test.each([
    ['the scenarios that come along', ['run', ''], SCENARIOS],
    ['those that begin so', ['run', 'rar'], ['rare-updates']],
    ['transports', ['run', 'quick', '--transports', ''], TRANSPORTS],
    ['another transport after a comma', ['run', 'quick', '--transports', 'sse,w'], ['sse,websocket']],
    ['no transport twice', ['run', 'q', '--transports', 'polling,sse,p'], []],
    ['transports after = in zsh and fish', ['run', 'q', '--transports=s'], ['--transports=sse']],
    ['transports after = in bash', ['run', 'q', '--transports', '=', 's'], ['sse']],
    ['what an option can be', ['run', 'quick', '--inconclusive', ''], ['pass']],
    ['nothing where a number is due', ['run', 'quick', '--clients', ''], []],
    ['the runs below this folder, newest first', ['report', ''], [NEWER, OLDER]],
    ['a further run', ['report', OLDER, ''], [NEWER]],
    ['formats', ['report', OLDER, '--format', ''], Object.keys(REPORT_FORMATS)],
    [
      'the formats of a comparison',
      ['compare', OLDER, NEWER, '--format', ''],
      ['terminal', 'markdown', 'html', 'junit', 'github', 'comment', 'json'],
    ],
    ['runs to compare', ['compare', ''], [NEWER, OLDER]],
    ['nothing after what cannot be', ['run', 'quick', '--colour', ''], []],
  ])('%s', async (_, words, expected) => {
    expect(await offered(...words)).toEqual(expected)
  })

  test('nothing but lines to choose from, whatever the line says', async () => {
    for (const words of [
      [],
      ['rnu', ''],
      ['run', '--seed', '1', '--seed', '2', '-'],
      ['report', '--', ''],
      ['--version', ''],
      ['\u001b['],
    ]) {
      for (const line of await offered(...words)) expect(line).toMatch(/^(--?)?[a-z][\w./-]*$/)
    }
  })
})

const bash = spawnSync('bash', ['--version']).status === 0

describe.skipIf(!bash)('in a real bash (skipped without one)', () => {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  chmodSync(MAIN, 0o755)
  symlinkSync(MAIN, join(bin, 'feedbench'))
  const environment = { ...process.env, PATH: `${bin}:${process.env.PATH}`, SHELL: '/bin/bash' }

  /** What bash would show after the words, the last of which is begun. */
  function completed(...words: string[]): string[] {
    const script = `
      eval "$(feedbench completion)"
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      "$(complete -p feedbench | grep -o '_[a-z_]*completions')"
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script, 'bash', 'feedbench', ...words], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout.split('\n').filter((line) => line !== '')
  }

  test('the script that is printed completes', () => {
    expect(completed('re')).toEqual(['report'])
    expect(completed('run', 'qu')).toEqual(['quick'])
    expect(completed('run', 'quick', '--tr')).toEqual(['--transports'])
    expect(completed('run', 'quick', '--transports', 'polling,long')).toEqual(['polling,long-polling'])
    expect(completed('report', 'results/runs/2026-01-01')).toEqual([OLDER])
    expect(completed('run', './nothing')).toEqual([])
  })

  test.each(['bash', 'zsh', 'fish'])('there is a script for %s', async (shell) => {
    const { code, stdout, stderr } = await feedbench(['completion'], { env: { SHELL: `/bin/${shell}` } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain({ bash: 'COMPREPLY', zsh: 'compdef', fish: 'complete -f -c feedbench' }[shell])
  })
})
