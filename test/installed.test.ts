import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, readResult } from './command.js'
import { type Consumer, installElsewhere } from './consumer.js'

/** What the documentation tells programs and plug-ins of other packages to do, done in one. */

let consumer: Consumer
beforeAll(async () => {
  consumer = await installElsewhere()
  cpSync(join(ROOT, 'docs/examples/multipart'), join(consumer.folder, 'multipart'), { recursive: true })
})

function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block)
}

/** Runs a program there that is given as text, with what it prints as JSON. */
async function printed(program: string): Promise<unknown> {
  const { code, output } = await consumer.node(['--input-type=module', '--eval', program])
  expect(code, output).toBe(0)
  return JSON.parse(output)
}

describe('the package', () => {
  test('exports what is documented, and nothing else', async () => {
    const program = `
      const names = async (module) => Object.keys(await import(module))
      const failure = await names('feedbench/dist/runner/run.js').catch(({ code }) => code)
      console.log(JSON.stringify([await names('feedbench'), await names('feedbench/transport'), failure]))`
    expect(await printed(program)).toEqual([
      ['FeedbenchError', 'RunFailed', 'loadScenario', 'readRun', 'readScenario', 'renderReport', 'renderTable', 'run'],
      ['transportContract'],
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    ])
  })

  test('has the JSON Schemas for editors and programs', async () => {
    const program = `
      import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      const files = ['schema/scenario.schema.json', 'schema/result.schema.json', 'package.json']
      console.log(JSON.stringify(files.map((file) => typeof require('feedbench/' + file))))`
    expect(await printed(program)).toEqual(['object', 'object', 'object'])
  })
})

describe('docs/library.md', () => {
  const examples = blocks('docs/library.md', 'js').map((text, index) => ({ file: `example-${index + 1}.mjs`, text }))
  beforeAll(() => {
    writeFileSync(join(consumer.folder, 'chat.yaml'), blocks('docs/library.md', 'yaml')[0] ?? '')
    for (const { file, text } of examples) writeFileSync(join(consumer.folder, file), text)
  })

  test('has examples that compile, as the plug-in in docs/examples does, where an event that there is not does not', async () => {
    const typo = `import { readScenario, run } from 'feedbench'\nawait run(await readScenario(''), { on: { trialEnded() {} } })\n`
    writeFileSync(join(consumer.folder, 'typo.mjs'), typo)
    expect(examples).toHaveLength(4)
    // All in one: the compiler takes most of its time for the types that they have in common.
    const plugin = ['multipart/transport.mjs', 'multipart/contract.test.mjs']
    const said = await consumer.compilerSays([...examples.map(({ file }) => file), ...plugin, 'typo.mjs'])
    expect(said.match(/^\S.*error TS\d+/gm)).toEqual([expect.stringContaining('typo.mjs')])
    expect(said).toContain('trialEnded')
  })

  test('has examples that do what they say', async () => {
    // Whether a trial is valid is the machine's to say: 0 or 3.
    const expected: [codes: number[], said: RegExp[]][] = [
      [[0], [/10 clients, 20 messages\/s, 200 B each/, /^websocket (valid|degraded|invalid) p99 \d+ us 0 missing$/m]],
      [
        [0, 3],
        [
          /^2 trials, seed \d+, kept in \/.*\/runs\/today$/m,
          /^websocket, round 1$/m,
          /^ {2}measure, 1 s$/m,
          /^ {2}20 clients, \d+ messages$/m,
        ],
      ],
      [[0], [/^E_UNKNOWN_KEY scenario:\d+:\d+ .*client/m, /^E_UNKNOWN_TRANSPORT scenario:\d+:\d+ .*websockets/m]],
      [[0], [/^$/]],
    ]
    for (const [index, { file }] of examples.entries()) {
      const { code, output } = await consumer.node([file])
      const [codes, said] = expected[index] ?? [[], []]
      expect(codes, output).toContain(code)
      for (const pattern of said) expect(output).toMatch(pattern)
    }
    expect(readFileSync(join(consumer.folder, 'today.md'), 'utf8')).toContain('websocket')
    expect(readResult(join(consumer.folder, 'runs/today')).summary.thresholds).toMatchObject([
      { status: expect.stringMatching(/pass|no-data/) },
    ])
  })
})

describe('the plug-in in docs/examples', () => {
  test('is held by the contract, as docs/transports.md shows it', async () => {
    expect(blocks('docs/transports.md', 'js')).toEqual([
      readFileSync(join(consumer.folder, 'multipart/contract.test.mjs'), 'utf8'),
    ])
    const { code, output } = await consumer.node(['--test', '--test-reporter=tap', 'multipart/contract.test.mjs'])
    expect(code, output).toBe(0)
    expect(output).toMatch(/^# pass 31$/m)
    expect(output).toMatch(/^# skipped 1$/m)
    expect(output).toContain('# SKIP it does not ask')
  })

  test('runs beside a transport that comes along, and misses nothing', async () => {
    const bin = 'node_modules/feedbench/dist/main.js'
    const scenario = [
      'multipart/scenario.yaml',
      '--transports',
      'multipart,sse',
      '--clients',
      '20',
      '--duration',
      '1',
      '--out',
      'run',
    ]
    const { code, output } = await consumer.node([bin, 'run', ...scenario])
    expect([0, 3], output).toContain(code)
    const { plan, trials } = readResult(join(consumer.folder, 'run'))
    expect(plan.transports.map(({ module }) => module)).toEqual([
      'feedbench:sse',
      `file://${consumer.folder}/multipart/transport.mjs`,
    ])
    for (const { messages, connections } of trials) {
      expect(messages.expected).toBe(messages.scheduled * 20)
      expect(messages).toMatchObject({ delivered: messages.expected, missing: 0, duplicates: 0, reordered: 0 })
      expect(connections).toEqual({ opened: 20, failed: 0, reconnects: 0 })
    }
    // About each message, a delimiter and two header lines; when a window begins or ends, a message may be on its way to each client.
    const partBytes = '\r\n--frame\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n'.length + 200
    const multipart = trials.find(({ label }) => label === 'multipart')
    const { received, payload } = multipart?.bytes ?? { received: 0, payload: 0 }
    expect(payload).toBeGreaterThan(0)
    expect(Math.abs(received - (payload / 200) * partBytes)).toBeLessThanOrEqual(20 * partBytes)
    // Its own model says the same, where the server was not too busy for any.
    const { figures = [], notCovered = null } = multipart?.predicted ?? {}
    const bytes = figures.find(({ metric }) => metric === 'bytes.perMessage')
    if (notCovered === null) expect(bytes?.expected).toBe(partBytes)
  })
})
