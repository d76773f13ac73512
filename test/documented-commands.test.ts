import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { MAIN, ROOT, start, temporaryFolder, until } from './command.js'
import { DOCUMENTED, type Tried } from './documented-commands.js'
import { commandsOf, DOCUMENTS } from './documents.js'

/** What the documents tell a reader to type works, or stands in a list with the reason why it is not tried. */

const folder = await temporaryFolder()
const commands = new Set(DOCUMENTS.flatMap(commandsOf))
const tried = Object.entries(DOCUMENTED).filter((entry): entry is [string, Extract<Tried, { run: string }>] => 'run' in entry[1])
const environment: NodeJS.ProcessEnv = { ...process.env, RUN: join(folder, 'run') }

beforeAll(async () => {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  chmodSync(MAIN, 0o755)
  symlinkSync(MAIN, join(bin, 'feedbench'))
  environment.PATH = `${bin}:${process.env.PATH}`
  const server = start(['serve', '--port', '0', '--rate', '20/s'])
  environment.PORT = await until('a feed server', () => /http:\/\/127\.0\.0\.1:(\d+)/.exec(server.stdout())?.[1])
})

test('there are commands to look at', () => {
  expect(commands.size).toBeGreaterThan(20)
})

test('every command of the documents is tried or listed with a reason (test/documented-commands.ts)', () => {
  expect([...commands].filter((command) => !Object.hasOwn(DOCUMENTED, command))).toEqual([])
})

test('the list has no command that no document has', () => {
  expect(Object.keys(DOCUMENTED).filter((command) => !commands.has(command))).toEqual([])
})

test('every file that a command names is there', () => {
  const files = [...commands].flatMap((command) => command.match(/\b(src|test|scripts|docs|scenarios)\/[\w./-]+/g) ?? [])
  expect(files.length).toBeGreaterThan(5)
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
})

test('every script that a command names is one of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const named = [...commands].flatMap((command) => /^npm run (?:--silent )?([\w:-]+)/.exec(command)?.[1] ?? [])
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
})

test('what is said to be a check of .ci/run is one', () => {
  const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8')
  const checks = Object.keys(DOCUMENTED).filter((command) => 'inCi' in (DOCUMENTED[command] as Tried))
  expect(checks.filter((command) => !ci.includes(command.replace('npm run', 'npm run --silent')))).toEqual([])
})

const curl = spawnSync('curl', ['--version']).status === 0

describe('does what its document says:', () => {
  for (const [index, [command, { run, codes = [0], shows }]] of tried.entries()) {
    const lacksCurl = run.startsWith('curl') && !curl
    test.skipIf(lacksCurl)(lacksCurl ? `${command} (skipped: there is no curl)` : command, () => {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', run], {
        cwd: ROOT,
        env: { ...environment, OUT: join(folder, `out-${index}`) },
        encoding: 'utf8',
        timeout: 150_000,
      })
      expect(codes, `${run}\n${stdout}\n${stderr}`).toContain(status)
      expect(stdout).toMatch(shows)
    })
  }
})
