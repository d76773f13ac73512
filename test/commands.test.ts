import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { feedbench, MAIN, ROOT, readJournal, readResult, temporaryFolder, writeScenario } from './command.js'

/** The commands that do not measure, on runs that do. */

const folder = await temporaryFolder()
const scenario = writeScenario(folder, 'two', { transports: ['sse', 'websocket'] })
const finished = join(folder, 'finished')

beforeAll(async () => {
  await feedbench(['run', scenario, '--out', finished])
})

describe('list', () => {
  test('shows every scenario with its question, and every transport with its options', async () => {
    const { code, stdout, stderr } = await feedbench(['list'], { cwd: ROOT })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const file of readdirSync(`${ROOT}scenarios`).filter((name) => name.endsWith('.yaml')))
      expect(stdout).toMatch(new RegExp(`^  ${basename(file, '.yaml')} +\\S`, 'm'))
    expect(stdout).toMatch(/^Published results.*\n {2}aquil, bozdag/m)
    for (const words of ['polling', 'interval: 1s', 'long-polling', 'http-streaming', 'coalesce: off', 'sse', 'websocket']) {
      expect(stdout).toContain(words)
    }
  })

  test('is one JSON document with --json', async () => {
    const { code, stdout, stderr } = await feedbench(['list', '--json'], { cwd: ROOT })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { scenarios, transports } = JSON.parse(stdout) as Record<string, Record<string, unknown>[]>
    expect(scenarios?.map(({ file }) => file)).toContain('scenarios/quick.yaml')
    expect(scenarios?.every(({ question }) => typeof question === 'string')).toBe(true)
    expect(transports?.map(({ name }) => name)).toEqual(['polling', 'long-polling', 'http-streaming', 'sse', 'websocket'])
    expect(transports?.[0]).toMatchObject({ capabilities: { pull: true, push: false } })
  })

  test('names scenarios so that run finds them from where the user is', async () => {
    const { stdout } = await feedbench(['list', '--json'], { cwd: folder })
    const { scenarios } = JSON.parse(stdout) as { scenarios: { file: string }[] }
    for (const { file } of scenarios) expect(existsSync(join(folder, file)), file).toBe(true)
  })
})

describe('report', () => {
  test('takes a run folder or its result.json, and prints Markdown', async () => {
    const [byFolder, byFile] = await Promise.all([
      feedbench(['report', finished]),
      feedbench(['report', join(finished, 'result.json'), '--format', 'markdown']),
    ])
    expect(byFolder).toMatchObject({ code: 0, stderr: '' })
    expect(byFolder.stdout).toMatch(/^## two\n/)
    for (const label of ['`sse`', '`websocket`']) expect(byFolder.stdout).toContain(label)
    expect(byFile).toEqual(byFolder)
  })

  test('puts several runs one below the other, and into a file with --out', async () => {
    const out = join(folder, 'report.md')
    expect(await feedbench(['report', finished, finished, '--out', out])).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(out, 'utf8').match(/two/g)?.length).toBeGreaterThanOrEqual(2)
  })

  test('is one HTML page, and a folder of percentile files, with --out', async () => {
    const [page, files] = [join(folder, 'report.html'), join(folder, 'percentiles')]
    const runs = await Promise.all([
      feedbench(['report', finished, '--format', 'html', '--out', page]),
      feedbench(['report', finished, '--format', 'hgrm', '--out', files]),
    ])
    for (const run of runs) expect(run).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(page, 'utf8')).toBe(readFileSync(join(finished, 'report.html'), 'utf8'))
    expect(readdirSync(files).filter((name) => name.endsWith('.hgrm'))).toHaveLength(2)
  })

  test('reads a run that was killed from its journal, and passes over a torn last line', async () => {
    const killed = join(folder, 'killed')
    mkdirSync(killed)
    copyFileSync(join(finished, 'plan.json'), join(killed, 'plan.json'))
    const [first, second] = readFileSync(join(finished, 'trials.ndjson'), 'utf8').split('\n') as [string, string]
    writeFileSync(join(killed, 'trials.ndjson'), `${first}\n`)
    appendFileSync(join(killed, 'trials.ndjson'), second.slice(0, second.length / 2))
    const { code, stdout, stderr } = await feedbench(['report', killed])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('the run did not finish')
    expect(stdout).toContain(`\`${readJournal(killed)[0]?.label}\``)
    // A run that was killed before its first trial was over has something to say too.
    writeFileSync(join(killed, 'trials.ndjson'), '')
    expect(await feedbench(['report', killed])).toMatchObject({ code: 0, stderr: '' })
  })

  test.each([
    ['a file that is no JSON', 'E_NOT_A_RUN', 'nothing of the kind\n'],
    ['JSON that is no result', 'E_NOT_A_RUN', '{"a":1}'],
    ['a result of another version', 'E_RESULT_SCHEMA', '{"schemaVersion":99}'],
    ['a result without its parts', 'E_RESULT_SCHEMA', '{"schemaVersion":1,"trials":[{}]}'],
    ['bytes', 'E_NOT_A_RUN', '\x00\x1b[31m\xff\xfe'],
    ['a half of a result', undefined, '{"schemaVersion":1,"plan":{"trials":['],
  ])('refuses %s with 2, and without a stack trace', async (_, errorCode, text) => {
    const garbage = join(folder, 'garbage.json')
    writeFileSync(garbage, text)
    const { code, stdout, stderr } = await feedbench(['report', garbage])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`[${errorCode ?? 'E_'}`)
    expect(stderr).not.toMatch(/^\s+at |node:internal|\p{Cc}(?<!\n)/mu)
  })

  test('refuses a folder that is no run, and a journal with a broken line in its middle', async () => {
    const torn = join(folder, 'torn')
    mkdirSync(torn)
    expect((await feedbench(['report', torn])).stderr).toContain('[E_NOT_A_RUN]')
    copyFileSync(join(finished, 'plan.json'), join(torn, 'plan.json'))
    writeFileSync(join(torn, 'trials.ndjson'), `{"torn\n${readFileSync(join(finished, 'trials.ndjson'), 'utf8')}`)
    const { code, stderr } = await feedbench(['report', torn])
    expect(code).toBe(2)
    expect(stderr).toMatch(/trials\.ndjson:1\b.*\[E_RESULT_SCHEMA\]/)
  })

  test.each(['pdf', 'xml', 'constructor'])('has no format %s, and says which there are', async (format) => {
    const { code, stderr } = await feedbench(['report', finished, '--format', format])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^--format: expected .*markdown.* \[E_FORMAT\]\n {2}hint: /)
  })

  test('into a pipe that nobody reads ends as if it were read', async () => {
    const report = spawn(process.execPath, [MAIN, 'report', finished], { stdio: ['ignore', 'pipe', 'pipe'] })
    report.stdout.destroy()
    let stderr = ''
    report.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    expect(await once(report, 'close')).toEqual([0, null])
    expect(stderr).toBe('')
  })
})

describe('--help', () => {
  test.each(['run', 'serve', 'list', 'report', 'doctor', 'selftest'])(
    'of %s has options, defaults and examples',
    async (command) => {
      const { code, stdout, stderr } = await feedbench([command, '--help'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(new RegExp(`^feedbench ${command}`))
      expect(stdout).toMatch(/\nOptions:\n[\s\S]*\[default: [\s\S]*\nExamples:\n {2}feedbench /)
      // No example speaks of an option that there is not.
      const [, examples = ''] = stdout.split('\nExamples:\n')
      for (const [option] of examples.matchAll(/--[a-z]+/g)) expect(stdout.split('\nExamples:\n')[0]).toContain(option)
    },
  )

  test('alone names every command', async () => {
    const { code, stdout } = await feedbench(['--help'])
    expect(code).toBe(0)
    for (const command of ['run', 'serve', 'list', 'report', 'doctor', 'selftest', 'init'])
      expect(stdout).toMatch(new RegExp(`^ {2}feedbench ${command} `, 'm'))
  })
})

test('--version is the one of the package', async () => {
  const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string }
  expect(await feedbench(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test('two runs at once of the same scenario from the same place have a folder each, and all their trials', async () => {
  const [one, two] = await Promise.all([
    feedbench(['run', scenario], { cwd: folder }),
    feedbench(['run', scenario], { cwd: folder }),
  ])
  const paths = [one, two].map(({ stdout }) => stdout.trimEnd().split('\n').at(-1) as string)
  expect(new Set(paths).size).toBe(2)
  expect(readdirSync(join(folder, 'results', 'runs')).sort()).toEqual(paths.map((path) => path.split('/').at(-1)).sort())
  for (const path of paths) {
    expect(path).toMatch(/results\/runs\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-two(-2)?$/)
    expect(readResult(path).trials.map(({ messages }) => messages.missing)).toEqual([0, 0])
    expect(readJournal(path)).toEqual(readResult(path).trials)
  }
})
