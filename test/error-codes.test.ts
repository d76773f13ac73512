import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ERROR_CODES, type ErrorCode } from '../src/model/errors.js'
import { buildResult, LOAD } from '../src/testing/builders.js'
import { feedbench, ROOT, temporaryFolder, writeScenario } from './command.js'

/** Every code of the table, provoked as a user would: its form, its hint and its exit code. */

const folder = await temporaryFolder()
const taken = createServer()
let takenPort = 0

beforeAll(async () => {
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  takenPort = (taken.address() as { port: number }).port
})
afterAll(() => {
  taken.close()
})

/** Codes that another test provokes, by killing, stopping or starving something: the file, which must name the code. */
const ELSEWHERE: Partial<Record<ErrorCode, { file: string; why: string }>> = {
  E_LIMIT_PORTS: { file: 'src/runner/placement.test.ts', why: 'takes more descriptors than a test may have' },
  E_LIMIT_MEMORY: { file: 'src/runner/placement.test.ts', why: 'depends on the memory of the machine' },
  E_LIMIT_THREADS: { file: 'src/runner/placement.test.ts', why: 'depends on the threads of the machine' },
  E_LIMIT_DESCRIPTORS: { file: 'test/limits.test.ts', why: 'runs below a shell that lowers the limit' },
  E_GATE_RESUME: { file: 'test/gate.test.ts', why: 'goes on with a gate that was begun there' },
  E_MEMBER_VERSION: { file: 'test/gate.test.ts', why: 'needs a program that is no feedbench of today' },
  E_MEMBER_DIED: { file: 'test/killed.test.ts', why: 'kills a server in the middle of a trial' },
  E_INTERRUPTED: { file: 'test/interrupted.test.ts', why: 'interrupts a run in the middle of a trial' },
  E_BUG: { file: 'src/cli/explain.test.ts', why: 'a bug that is known would be mended' },
}

/** Codes whose message says by itself what to write: what was expected is what to do. */
const NO_HINT: Partial<Record<ErrorCode, string>> = {
  E_YAML_ALIASES: 'names the limit and the place',
  E_TYPE: 'names the type',
  E_UNIT: 'has an example with a unit',
  E_RANGE: 'names the limits',
}

/** Takes connections, answers nothing, and ends: in the middle of a trial whose clients wait for 30 s. */
const DIES_AFTER_A_SECOND = `import { createServer } from 'node:net'
let connections = 0
// The first is the look whether it is ready.
createServer(() => { if (++connections === 2) setTimeout(() => process.exit(1), 1_000) }).listen(Number(process.env.PORT), '127.0.0.1')`

type Provocation = () => string[]

const aliases = [
  'a: &a [x, x]',
  ...Array.from({ length: 20 }, (_, level) => `k${level}: &k${level} [*${before(level)}, *${before(level)}]`),
]
const plugIn = (
  server: string,
) => `export default { name: 'bad', summary: 'x', optionsSchema: { safeParse: () => ({ success: true, data: {} }), parse: () => ({}) },
  capabilities: { pull: false, hold: false, push: true, publish: false, ack: false, resume: true, multiplexed: false },
  server: ${server}, client: async () => ({ open() {} }) }`

const PROVOCATIONS: Partial<Record<ErrorCode, Provocation>> = {
  E_USAGE: () => ['run'],
  E_FILE_NOT_FOUND: () => ['run', 'quik'],
  E_FILE_TOO_LARGE: () => run(file('large.yaml', `#${'x'.repeat(2 ** 20)}`)),
  E_YAML: () => run(file('broken.yaml', 'name: [')),
  E_YAML_ALIASES: () => run(file('aliases.yaml', aliases.join('\n'))),
  E_UNKNOWN_KEY: () => changed({ clinets: 3 }),
  E_MISSING_KEY: () => run(file('missing.yaml', 'name: x')),
  E_TYPE: () => changed({ clients: 'many' }),
  E_UNIT: () => changed({ phases: { measure: 5 } }),
  E_RANGE: () => changed({ clients: 0 }),
  E_VALUE: () => changed({ feed: { rate: '1/s', arrival: 'sometimes' } }),
  E_UNKNOWN_TRANSPORT: () => changed({ transports: ['websokcet'] }),
  E_DUPLICATE_LABEL: () => changed({ transports: ['sse', 'sse'] }),
  E_PLUGIN: () => changed({ transports: ['./nothing.mjs'] }),
  E_MATRIX: () => changed({ matrix: { nothing: [1] } }),
  E_THRESHOLD: () => changed({ thresholds: ['fast'] }),
  E_GATE: () => changed({ gate: { looks: [7], alphas: [0.001] } }),
  E_GATE_SIDE: () => ['gate', 'gate', '--baseline', folder, '--candidate', folder],
  E_BASELINE: () => ['baseline', 'show', 'main'],
  E_NETEM: () => changed({ network: { tier: 'relay', loss: '1%' } }),
  E_TRACE: () => changed({ feed: { trace: file('trace.ndjson', 'nothing\n') } }),
  E_TARGET_REMOTE: () => changed({ target: { url: 'http://203.0.113.1:8080' } }),
  E_TARGET_TRANSPORT: () => changed({ target: { command: 'node server.js', paths: { sse: '/events' } } }),
  E_CODEC: () => changed({ target: { command: 'node server.js', codec: './nothing.mjs' } }),
  E_TOO_MUCH: () => changed({ clients: 50_000, feed: { rate: '100000/s' } }),
  E_FILE_EXISTS: () => ['init', file('there.yaml', '')],
  E_RUN_EXISTS: () => {
    mkdirSync(join(folder, 'exists'))
    file('exists/plan.json', '{}')
    return [...changed({}), '--out', join(folder, 'exists')]
  },
  E_NOT_A_RUN: () => ['report', file('plan.txt', 'nothing')],
  E_RESULT_SCHEMA: () => ['report', file('newer.json', '{"schemaVersion":99}')],
  E_NOT_COMPARABLE: () => {
    const of = (axis: string) => JSON.stringify(buildResult({ loadPoints: [{ ...LOAD, [axis]: 1 }] }))
    return ['compare', file('one.json', of('one')), file('other.json', of('other'))]
  },
  E_FORMAT: () => ['report', folder, '--format', 'papyrus'],
  E_OUTPUT: () => [...changed({}), '--out', join(file('a-file', ''), 'below')],
  E_PORT_TAKEN: () => ['serve', '--port', String(takenPort)],
  // An address that is kept for examples in documents.
  E_LISTEN: () => ['serve', '--port', '0', '--host', '203.0.113.1'],
  E_MEMBER_TIMEOUT: () => {
    file('silent.mjs', plugIn('() => new Promise(() => {})'))
    return [...changed({ transports: ['./silent.mjs'] }), '--out', join(folder, 'silent')]
  },
  E_TARGET_NOT_READY: () => {
    const command = ['node', '-e', 'console.error("no database"); process.exitCode = 3']
    return [...changed({ target: { command, publish: '/publish' } }), '--out', join(folder, 'not-ready')]
  },
  E_TARGET_DIED: () => {
    const script = file('dies.mjs', DIES_AFTER_A_SECOND)
    return [...changed({ target: { command: ['node', script], publish: '/publish' } }), '--out', join(folder, 'died')]
  },
  E_MEMBER_FAILED: () => {
    file('bad.mjs', plugIn("async () => ({ mount() { throw new Error('nothing works') } })"))
    return [...changed({ transports: ['./bad.mjs'] }), '--out', join(folder, 'failed')]
  },
}

test('every code is provoked here or elsewhere', () => {
  const both = [...Object.keys(PROVOCATIONS), ...Object.keys(ELSEWHERE)]
  expect(both.sort()).toEqual(Object.keys(ERROR_CODES).sort())
  for (const [code, entry] of Object.entries(ELSEWHERE))
    expect(readFileSync(`${ROOT}${entry.file}`, 'utf8'), entry.file).toContain(code)
})

describe('a user who provokes', () => {
  test.each(Object.entries(PROVOCATIONS))(
    '%s is told where, what was expected, what came and what to do',
    async (name, provoke) => {
      const code = name as ErrorCode
      const { code: exitCode, stderr } = await feedbench(provoke(), { cwd: folder })
      const lines = stderr.split('\n')
      const index = lines.findIndex((line) => line.endsWith(`[${code}]`))
      expect(lines[index], stderr).toMatch(/^\S.*: expected .+, (got:?|but) .+ \[E_[A-Z_]+\]$/)
      expect(exitCode).toBe(ERROR_CODES[code].exitCode)
      expect(stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m)
      if (!(code in NO_HINT)) expect(lines[index + 1]).toMatch(/^ {2}hint: \S.{5}/)
    },
  )
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function run(path: string): string[] {
  return ['run', path]
}

let scenarios = 0

function changed(parts: Record<string, unknown>): string[] {
  return run(writeScenario(folder, `scenario-${++scenarios}`, parts))
}

function before(level: number): string {
  return level === 0 ? 'a' : `k${level - 1}`
}
