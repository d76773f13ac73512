import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT, readResult, temporaryFolder } from './command.js'

/** What npm would publish: what is in it, and that it runs where it is installed, far from this checkout. */

const folder = await temporaryFolder()
const project = join(folder, 'project')
const elsewhere = join(project, 'somewhere', 'below')
mkdirSync(elsewhere, { recursive: true })
writeFileSync(join(project, 'package.json'), '{ "name": "of-a-user", "version": "1.0.0", "private": true }')

// The build is that of the tests; compiling once more would pull it from under them.
const packed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT)
const [{ filename, files }] = Object.values(JSON.parse(packed.stdout)) as [{ filename: string; files: { path: string }[] }]
const paths = files.map(({ path }) => path)
const installed = npm(['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)], project)
const canInstall = installed.status === 0

function npm(args: readonly string[], cwd: string) {
  return spawnSync('npm', args, { cwd, encoding: 'utf8', timeout: 180_000, env: { ...process.env, NODE_ENV: 'production' } })
}

function installedFeedbench(...args: string[]) {
  return spawnSync('npx', ['--no-install', 'feedbench', ...args], { cwd: elsewhere, encoding: 'utf8', timeout: 240_000 })
}

describe('the package', () => {
  test('has what a user needs', () => {
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json', 'dist/main.js']))
    for (const name of [
      ...filesOf('scenarios'),
      'scenarios/published/aquil.yaml',
      ...filesOf('docs').filter((file) => file.endsWith('.md')),
    ])
      expect(paths).toContain(name)
    expect(paths).toContain('docs/schema/scenario.schema.json')
  })

  test('has nothing else', () => {
    const expected =
      /^(dist\/([\w-]+\/)*[\w-]+\.(js|d\.ts)|scenarios\/(published\/)?[\w-]+\.(yaml|ndjson)|docs\/.+\.(md|json)|docs\/examples\/([\w-]+\/)+[\w.-]+\.(mjs|py|yaml)|[A-Z]+(\.md)?|package\.json)$/
    expect(paths.filter((path) => !expected.test(path))).toEqual([])
    expect(paths.filter((path) => /^dist\/.*\.test\.|^dist\/testing\//.test(path))).toEqual([])
  })

  test('has no reference to a map or a file of types that is not in it', () => {
    for (const path of paths.filter((name) => /\.(js|d\.ts)$/.test(name))) {
      expect(readFileSync(`${ROOT}${path}`, 'utf8'), path).not.toMatch(/\/[/*][#@] sourceMappingURL=/)
      if (path.endsWith('.js')) expect(paths).toContain(path.replace(/\.js$/, '.d.ts'))
    }
  })
})

describe.skipIf(!canInstall)('installed in another folder (skipped without registry and cache)', () => {
  test('brings no development dependency with it', () => {
    const modules = readdirSync(join(project, 'node_modules'))
    expect(modules).toEqual(expect.arrayContaining(['feedbench', 'ws', 'zod']))
    for (const name of ['typescript', 'vitest', 'undici']) expect(modules).not.toContain(name)
  })

  test('says its version', () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string }
    expect(installedFeedbench('--version')).toMatchObject({ status: 0, stdout: `${version}\n` })
  })

  test('lists scenarios that are there', () => {
    const { status, stdout } = installedFeedbench('list', '--json')
    expect(status).toBe(0)
    const { scenarios, published } = JSON.parse(stdout) as Record<'scenarios' | 'published', { file: string }[]>
    expect(scenarios.length + published.length).toBe(filesOf('scenarios').length)
    for (const { file } of [...scenarios, ...published]) {
      expect(file).toContain(join('node_modules', 'feedbench', 'scenarios'))
      expect(existsSync(join(elsewhere, file)), file).toBe(true)
    }
  })

  test('runs a scenario that comes along by its name, and leaves the run where the user is', () => {
    const { status, stdout, stderr } = installedFeedbench('run', 'quick', '--duration', '1', '--clients', '20')
    // A noisy machine may make a trial invalid: what is asked here is whether it measured.
    expect([0, 3], stdout + stderr).toContain(status)
    const path = stdout.trimEnd().split('\n').at(-1) as string
    expect(path.startsWith(join(elsewhere, 'results', 'runs'))).toBe(true)
    const { trials } = readResult(path)
    expect(trials.map(({ transport }) => transport).sort()).toEqual([
      'http-streaming',
      'long-polling',
      'polling',
      'sse',
      'websocket',
    ])
    for (const { messages } of trials) expect(messages.delivered).toBeGreaterThan(0)
  })

  test('measures in CI by the recipe of README, with the workflow that it writes', () => {
    const [, recipe = ''] = /\n## In CI\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(readFileSync(`${ROOT}README.md`, 'utf8')) ?? []
    const commands = recipe
      .split('\n')
      .map((line) => line.replace(/ *#.*/, ''))
      .filter((line) => line !== '')
    // The first was done above, with this checkout in place of what is published.
    expect(commands[0]).toBe('npm install --save-dev feedbench')
    expect(commands.length).toBeGreaterThan(1)
    const temporary = join(folder, 'runner')
    mkdirSync(temporary)
    const env = {
      ...process.env,
      RUNNER_TEMP: temporary,
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: join(temporary, 'summary.md'),
    }
    const shell = (script: string, more: Record<string, string> = {}) =>
      spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
        cwd: project,
        encoding: 'utf8',
        timeout: 240_000,
        env: { ...env, ...more },
      })
    for (const command of commands.slice(1)) expect(shell(command), command).toMatchObject({ status: 0, stderr: '' })

    // As its user would: smaller, so that it is quick.
    const scenario = join(project, 'feedbench.yaml')
    const small = readFileSync(scenario, 'utf8')
      .replace(/^phases: .*$/m, 'phases: { warmup: 200ms, measure: 1s, drain: 2s }')
      .replace(/^clients: .*$/m, 'clients: 10')
      .replace(/^transports:\n(.*\n)+?\n/m, 'transports: [ sse, websocket ]\n\n')
      .replace('250ms"', '60s"')
    writeFileSync(scenario, small)
    const workflow = parse(readFileSync(join(project, '.github/workflows/feedbench.yml'), 'utf8')) as {
      jobs: { feedbench: { env: Record<string, string>; steps: { name?: string; run?: string }[] } }
    }
    const { env: variables, steps } = workflow.jobs.feedbench
    const named = (name: string) => shell(steps.find((step) => step.name === name)?.run ?? 'exit 99', variables)
    const measured = named('Measure')
    // A noisy machine may make a trial invalid: what is asked here is whether it measured.
    expect([0, 3], measured.stdout + measured.stderr).toContain(measured.status)
    expect(named('Report')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^::(notice|warning) title=feedbench run first/),
    })
    expect(readFileSync(join(temporary, 'feedbench/junit.xml'), 'utf8')).toContain('<testsuite name="feedbench run first: sse"')
    expect(readFileSync(join(temporary, 'summary.md'), 'utf8')).toMatch(/^## first\n/)
    expect(readResult(join(temporary, 'feedbench')).summary.trials).toEqual({ planned: 2, finished: 2 })
  })

  test('prefers a file of the user to a scenario of that name, but not a folder', () => {
    writeFileSync(join(elsewhere, 'burst'), 'name: [')
    mkdirSync(join(elsewhere, 'idle'))
    expect(installedFeedbench('run', 'burst').stderr).toContain('[E_YAML]')
    expect(installedFeedbench('run', 'idle', '--clients', '0').stderr).toContain('[E_RANGE]')
  })
})

function filesOf(below: string): string[] {
  return readdirSync(`${ROOT}${below}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
}
