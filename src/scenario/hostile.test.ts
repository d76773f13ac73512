import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioText } from '../testing/scenarios.js'

const MIB = 2 ** 20
const LINES = Array.from(
  { length: 30 },
  (_, depth) => `b${depth}: &b${depth} [${depth === 0 ? '1' : `*b${depth - 1}, *b${depth - 1}`}]`,
)

describe('hostile texts', () => {
  it.each([
    ['nothing', '', 'E_YAML'],
    ['only a comment', '# nothing\n', 'E_YAML'],
    ['a list', '- name\n', 'E_TYPE'],
    ['a text', 'scenario', 'E_TYPE'],
    ['several documents', 'name: a\n---\nname: b\n', 'E_YAML'],
    ['a key twice', `${scenarioText({ rounds: '2' })}rounds: 3\n`, 'E_YAML'],
    ['keys that are numbers', `${scenarioText()}5: 1\n`, 'E_TYPE'],
    ['keys that are lists', `${scenarioText()}? [a]\n: 1\n`, 'E_TYPE'],
    ['keys that are nothing', `${scenarioText()}: 1\n`, 'E_TYPE'],
    ['a tag', scenarioText({ name: '!!js/function x' }), 'E_YAML'],
    ['another schema', `%YAML 1.1\n---\n${scenarioText({ name: '2001-01-01' })}`, 'E_TYPE'],
    ['an alias of nothing', scenarioText({ name: '*nobody' }), 'E_YAML'],
    ['an anchor within itself', scenarioText({ transports: '&t [polling, *t]' }), 'E_YAML_ALIASES'],
    ['an alias bomb', `${scenarioText()}${LINES.join('\n')}\n`, 'E_YAML_ALIASES'],
    ['a byte of zero', scenarioText({ name: 'a\0b' }), 'E_VALUE'],
    ['over 1 MiB', `# ${'x'.repeat(MIB)}`, 'E_FILE_TOO_LARGE'],
    ['brackets', '['.repeat(MIB), 'E_YAML'],
    ['closing brackets', ']'.repeat(MIB), 'E_TOO_MUCH'],
    ['commas', `[${','.repeat(MIB - 1)}`, 'E_TOO_MUCH'],
    ['dashes', '- '.repeat(MIB / 2), 'E_TOO_MUCH'],
    ['question marks', '? '.repeat(5_000), 'E_YAML'],
    ['steps', Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''), 'E_YAML'],
    ['escapes', `"${'\\q'.repeat(MIB / 2 - 2)}"`, 'E_TOO_MUCH'],
    ['many keys', Array.from({ length: 2_000 }, (_, index) => `k${index}: 1\n`).join(''), 'E_UNKNOWN_KEY'],
    ['a long key', `${'k'.repeat(60_000)}: 1\n`, 'E_YAML'],
    ['an alias as key', scenarioText({ 'description: &d clients\n*d ': '5' }), 'E_TYPE'],
  ])(
    '%s',
    async (_, text, code) => {
      const problems = await problemsOf(text)
      expect(problems.map((problem) => problem.code)).toContain(code)
      for (const { where, message } of problems) {
        expect(where).toMatch(/^s\.yaml(:\d+:\d+)?$/)
        expect(message).toMatch(/^expected /)
        expect(message.length).toBeLessThan(500)
        expect(message).not.toMatch(/\n/)
      }
    },
    10_000,
  )

  it('says several syntax errors at once', async () => {
    const problems = await problemsOf('name: "a\\q"\nfeed: "b\\q"\n')
    expect(problems.map(({ where }) => where)).toEqual(['s.yaml:1:9', 's.yaml:2:9'])
  })

  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'])(
    'says that %s is no option, where two entries are told apart by theirs',
    async (name) => {
      const transports = `[polling, { polling: { ${name}: 1s } }]`
      expect((await problemsOf(scenarioText({ transports }))).map(({ code }) => code)).toContain('E_UNKNOWN_KEY')
    },
  )

  it('repeats little of a threshold, however long', async () => {
    for (const threshold of [
      'x'.repeat(20_000),
      `*.messages${'x'.repeat(900)} == 0`,
      '.'.repeat(60_000),
      `*.${'<'.repeat(900)}`,
    ]) {
      const [problem, ...others] = await problemsOf(scenarioText({ thresholds: `["${threshold}"]` }))
      expect(['E_THRESHOLD', 'E_RANGE']).toContain(problem?.code)
      expect(others).toEqual([])
      expect(problem?.message.length).toBeLessThan(300)
    }
  })

  it('repeats little of the path of a plug-in, however long', async () => {
    const [problem] = await problemsOf(scenarioText({ transports: `["./${'x.mjs./'.repeat(2_000)}"]` }))
    expect(problem?.code).toBe('E_PLUGIN')
    expect(problem?.message.length).toBeLessThan(900)
  })

  it('leaves the prototype alone', async () => {
    await problemsOf(
      `${scenarioText()}__proto__: { polluted: 1 }\nmatrix: { __proto__: [1], constructor.prototype.polluted: [1] }\n`,
    )
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

const FULL = `name: full
description: all keys at once
feed: { rate: 20/s, arrival: burst, payload: 200B, burst: { size: 5, gap: 1ms, spread: 1 } }
clients: 100
transports:
  - polling: { interval: 1s }
  - polling: { interval: 2s, mode: latest }
  - sse: { coalesce: on }
  - websocket
phases: { warmup: 1s, measure: 5s, drain: 2s }
connect: { rate: 500/s, timeout: 10s }
rounds: 2
seed: 7
thresholds: [ "websocket.latencyUs.p99 < 100ms", "*.messages.missing == 0" ]
matrix: { clients: [100, 200], feed.rate: [5/s, 20/s], coalesce: [on, off] }
headers: { X-Trace: abc, DNT: 1 }
pin: off
`

describe('mutated scenarios', () => {
  it('begin as one that is right', async () => {
    expect(await problemsOf(FULL)).toEqual([])
  })

  it('never lead to anything but problems', async () => {
    const insert = fc.oneof(
      fc.constantFrom(
        '[',
        ']',
        '{',
        '}',
        ':',
        '- ',
        '&a ',
        '*a',
        '!!binary ',
        '"',
        '\n',
        '  ',
        '.nan',
        '-1',
        '1e999',
        '0x',
        '~',
        'on',
        '|',
        '__proto__',
        ',',
        '%',
      ),
      fc.string({ maxLength: 8, unit: 'binary' }),
    )
    const mutation = fc.record({ at: fc.nat(FULL.length), remove: fc.nat(12), insert })
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const text = mutations.reduce(
          (before, { at, remove, insert: piece }) => before.slice(0, at) + piece + before.slice(at + remove),
          FULL,
        )
        for (const { code, where, message } of await problemsOf(text)) {
          expect(code).toMatch(/^E_/)
          expect(where).toMatch(/^s\.yaml(:\d+:\d+)?$/)
          expect(message).not.toMatch(/\n|undefined|\[object/)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('never lead to anything but problems where values are of other kinds', async () => {
    const keys = [
      'name',
      'description',
      'feed',
      'clients',
      'transports',
      'phases',
      'connect',
      'rounds',
      'seed',
      'thresholds',
      'matrix',
      'headers',
      'pin',
    ]
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.constantFrom({ rate: null }, [{ polling: [] }], [null], [[]], [{}], { 'feed.rate': 5 }, { clients: [[]] }),
    )
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), value), async (parts) => {
        const written = Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, JSON.stringify(part)]))
        for (const { where } of await problemsOf(scenarioText(written))) expect(where).toMatch(/^s\.yaml:\d+:\d+$/)
      }),
      { numRuns: 400 },
    )
  })
})
