import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { feedbench, ROOT, readResult, temporaryFolder } from './command.js'

const folder = await temporaryFolder()
const inFolder = { cwd: folder }

describe('init', () => {
  test('writes a scenario that runs, by the command that it prints', async () => {
    const { code, stdout, stderr } = await feedbench(['init'], inFolder)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(readFileSync(join(folder, 'feedbench.yaml'), 'utf8')).toMatch(/^name: first$/m)
    const [, run = '', doctor = ''] = stdout.split('\n').map((line) => line.trim().split(/ {2,}/)[0])
    expect(run).toMatch(/^node \S+ run feedbench\.yaml$/)
    expect(doctor).toMatch(/^node \S+ doctor$/)
    const out = join(folder, 'out')
    try {
      execFileSync('sh', ['-c', `${run} --duration 1 --transports polling,websocket --out out`], { cwd: folder, stdio: 'ignore' })
    } catch (error) {
      // On a machine that is busy with other things a threshold may fail, or a trial be invalid; the run has taken place.
      expect([1, 3]).toContain((error as { status: number }).status)
    }
    const { trials, summary } = readResult(out)
    expect(summary.trials).toEqual({ planned: 2, finished: 2 })
    expect(trials.map(({ messages }) => messages.missing)).toEqual([0, 0])
  })

  test('never overwrites, and says so with what to do', async () => {
    writeFileSync(join(folder, 'mine.yaml'), 'mine')
    const { code, stdout, stderr } = await feedbench(['init', 'mine.yaml'], inFolder)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(
      /^mine\.yaml: expected to write a new file, but there is one already \[E_FILE_EXISTS\]\n {2}hint: name another/,
    )
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('mine')
  })

  test.each([
    ['a folder', 'taken', 4, /a folder is there \[E_OUTPUT\]\n {2}hint: feedbench init taken\/feedbench\.yaml\n$/],
    ['a file in no folder', 'no/such/a.yaml', 4, /its folder is not there \[E_OUTPUT\]\n {2}hint: make the folder/],
    ['a file in a file', 'mine.yaml/a.yaml', 4, /a file is in the way .* \[E_OUTPUT\]\n {2}hint: name another/],
    ['nothing', '', 2, /got an empty one \[E_USAGE\]\n {2}hint: /],
  ])('refuses %s', async (_, path, expected, message) => {
    mkdirSync(join(folder, 'taken'), { recursive: true })
    writeFileSync(join(folder, 'mine.yaml'), 'mine')
    const { code, stdout, stderr } = await feedbench(['init', path], inFolder)
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toMatch(message)
    expect(existsSync(join(folder, 'no'))).toBe(false)
  })

  const mayWriteAnywhere = process.getuid?.() === 0
  test.skipIf(mayWriteAnywhere)('refuses a folder that it may not write to (not as root, who may)', async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o500)
    const { code, stderr } = await feedbench(['init'], { cwd: closed })
    expect(code).toBe(4)
    expect(stderr).toMatch(/^feedbench\.yaml: .*not permitted \[E_OUTPUT\]/)
  })

  test('takes what stands behind -- for a path, and prints it as one', async () => {
    const { code, stdout } = await feedbench(['init', '--', '-my file.yaml'], inFolder)
    expect(code).toBe(0)
    expect(readdirSync(folder)).toContain('-my file.yaml')
    expect(stdout).toContain("run './-my file.yaml'")
  })

  test('names the schema for editors only where it belongs to the same project', async () => {
    const firstLine = (file: string) => readFileSync(file, 'utf8').split('\n')[0]
    expect(firstLine(join(folder, 'feedbench.yaml'))).not.toContain('schema')
    // A project that has feedbench installed: the package in node_modules, its command in .bin.
    const project = join(folder, 'project')
    const installed = join(project, 'node_modules', 'feedbench')
    for (const part of ['dist', 'docs', 'package.json']) cpSync(join(ROOT, part), join(installed, part), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(installed, 'node_modules'))
    const bin = join(project, 'node_modules', '.bin', 'feedbench')
    mkdirSync(dirname(bin))
    symlinkSync('../feedbench/dist/main.js', bin)
    mkdirSync(join(project, 'bench'))
    const stdout = execFileSync(process.execPath, [bin, 'init', 'bench/chat.yaml'], { cwd: project, encoding: 'utf8' })
    expect(stdout).toContain('  npx feedbench run bench/chat.yaml ')
    const [, schema = ''] =
      /^# yaml-language-server: \$schema=(\S+)$/.exec(firstLine(join(project, 'bench', 'chat.yaml')) ?? '') ?? []
    expect(JSON.parse(readFileSync(join(project, 'bench', schema), 'utf8'))).toMatchObject({ type: 'object' })
  })

  test('--help has its default and examples', async () => {
    const { code, stdout } = await feedbench(['init', '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^feedbench init \[path\][\s\S]*\[default: "feedbench\.yaml"\][\s\S]*\nExamples:\n {2}feedbench init /)
  })
})
