import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { FeedbenchError, loadScenario, type Overrides, RunFailed, type RunOptions, readScenario, run } from '../dist/index.js'
import { temporaryFolder, writeScenario } from './command.js'
import { failureOf, QUICK } from './library-run.js'

/** What the library takes, and what it refuses. */

const folder = await temporaryFolder()

describe('a scenario', () => {
  test('may be a text, a value, a path or a URL; all read alike', async () => {
    const file = writeScenario(folder, 'alike', QUICK)
    const all = await Promise.all([
      loadScenario(file),
      loadScenario(pathToFileURL(file)),
      readScenario(JSON.stringify(QUICK)),
      readScenario('{ name: inline, feed: { rate: 40/s, payload: 200B }, clients: 5, transports: [websocket] }'),
      readScenario(QUICK, { file }),
    ])
    for (const { name, labels, loadPoints, rounds, seed } of all) {
      expect({ name, labels, rounds, seed, clients: loadPoints.map(({ clients }) => clients) }).toEqual({
        ...{ name: 'inline', labels: ['websocket'], rounds: 1, seed: null, clients: [5] },
      })
    }
  })

  test('that is no file finds plug-ins from the working directory, or from beside the file that it is said to be', async () => {
    const fixture = 'test/fixtures/plugin-transport.mjs'
    const here = await readScenario({ ...QUICK, transports: [`./${fixture}`] })
    const there = await readScenario({ ...QUICK, transports: [`../${fixture}`] }, { file: 'docs/inline.yaml' })
    expect([here.labels, there.labels]).toEqual([['netstrings'], ['netstrings']])
  })

  test('takes overrides as a program has them: numbers, and transports in a list', async () => {
    const transports = [{ polling: { interval: '1s' } }, { polling: { interval: '2s' } }, 'sse']
    const overrides: Overrides = { transports: ['polling(interval=2s)', 'sse'], clients: 7, rounds: 2, seed: 3, duration: 2 }
    const { labels, loadPoints, rounds, seed } = await readScenario({ ...QUICK, transports }, { overrides })
    expect({ labels, rounds, seed, clients: loadPoints[0]?.clients }).toEqual({
      ...{ labels: ['polling(interval=2s)', 'sse'], rounds: 2, seed: 3, clients: 7 },
    })
  })
})

describe('what cannot be run is refused', () => {
  test('with all problems of the scenario at once', async () => {
    const failure = (await failureOf(
      readScenario({ ...QUICK, clients: -1, colour: 'red' }, { overrides: { rounds: 'two' } }),
    )) as FeedbenchError
    expect(failure).toBeInstanceOf(FeedbenchError)
    expect(failure.problems.map(({ code, where }) => [code, where])).toEqual(
      expect.arrayContaining([
        ['E_UNKNOWN_KEY', expect.stringMatching(/^scenario:\d+:\d+$/)],
        ['E_RANGE', expect.stringMatching(/^scenario:\d+:\d+$/)],
        [expect.stringMatching(/^E_/), '--rounds'],
      ]),
    )
  })

  test('before a process starts, where the machine cannot carry it', async () => {
    const out = join(folder, 'too-much')
    const scenario = await readScenario({ ...QUICK, clients: 1_000_000, connect: { timeout: '10m' } })
    const failure = await failureOf(run(scenario, { out }))
    expect(failure).toMatchObject({ exitCode: 4 })
    expect(failure).not.toBeInstanceOf(RunFailed)
    expect(existsSync(out)).toBe(false)
  })

  test.each<[what: string, options: Record<string, unknown>, message: RegExp]>([
    ['an option', { singal: 1 }, /^run: expected signal, out, seed, on, got singal$/],
    ['an event', { on: { trialEnded() {} } }, /^run: on: expected planned, .*, got trialEnded$/],
    ['a listener', { on: { phase: 'loud' } }, /^run: expected on.phase to be a function$/],
    ['a seed', { seed: -1 }, /^run: expected a seed from 0 to 4294967295, got -1$/],
    ['a place', { out: { above: 'x' } }, /^run: out: expected below, got above$/],
    ['another place', { out: 3 }, /^run: expected out to be a path/],
    ['a signal', { signal: {} }, /^run: expected signal to be an AbortSignal$/],
  ])('%s that there is not, as a mistake of the program', async (_, options, message) => {
    const failure = (await failureOf(run(await readScenario(QUICK), options as RunOptions))) as Error
    expect(failure).toBeInstanceOf(TypeError)
    expect(failure.message).toMatch(message)
  })

  test('a changed copy of a scenario, whose change would not count', async () => {
    const scenario = await readScenario(QUICK)
    expect(await failureOf(run({ ...scenario, rounds: 9 }))).toBeInstanceOf(TypeError)
    expect(Object.isFrozen(scenario)).toBe(true)
  })

  test('an override that there is not', async () => {
    const typo: Record<string, unknown> = { client: 4 }
    expect(await failureOf(readScenario(QUICK, { overrides: typo as Overrides }))).toMatchObject({
      message: expect.stringContaining('got client'),
    })
  })
})
