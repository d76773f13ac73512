import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  loadScenario,
  type Plan,
  RunFailed,
  type RunListeners,
  readRun,
  readScenario,
  renderReport,
  renderTable,
  run,
} from '../dist/index.js'
import { childrenOf, readJournal, readResult, temporaryFolder, writeScenario } from './command.js'
import { failureOf, QUICK } from './library-run.js'

/** The program as a library, in the process that imports it. */

const folder = await temporaryFolder()
const membersLeft = () => childrenOf(process.pid).filter(({ title }) => title.startsWith('feedbench '))

/** Notes every event by its name, and the phase where it has one. */
function noting(notes: string[]): RunListeners {
  return {
    planned: ({ plan }) => notes.push(`planned ${plan.trials.length}`),
    trialStarted: ({ trial }) => notes.push(`started ${trial.index}`),
    phase: ({ trial, phase }) => notes.push(`${phase} ${trial.index}`),
    trialFinished: ({ trial }) => notes.push(`finished ${trial.index}`),
  }
}

describe('a run', () => {
  test('needs no folder, tells of itself in order, and takes over nothing of its process', async () => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'exit'] as const
    const before = {
      title: process.title,
      listeners: signals.map((name) => process.listenerCount(name)),
      folder: readdirSync('.'),
    }
    const notes: string[] = []
    const delivered: number[] = []
    const scenario = await readScenario({ ...QUICK, rounds: 2, phases: { warmup: '100ms', measure: '1500ms', drain: '10s' } })
    const on = { ...noting(notes), progress: (event: { delivered: number }) => delivered.push(event.delivered) }
    const result = await run(scenario, { on })
    const trial = (index: number) =>
      ['started', 'launch', 'connect', 'warmup', 'measure', 'drain', 'close', 'finished'].map((what) => `${what} ${index}`)
    expect(notes).toEqual(['planned 2', ...trial(0), ...trial(1)])
    expect(delivered.length).toBeGreaterThan(0)
    expect(result.trials.map(({ messages }) => [messages.delivered, messages.missing])).toEqual([
      [300, 0],
      [300, 0],
    ])
    expect({
      title: process.title,
      listeners: signals.map((name) => process.listenerCount(name)),
      folder: readdirSync('.'),
    }).toEqual(before)
    expect(membersLeft()).toEqual([])
  })

  test('writes the folder that the command writes, where it is told to, and reads and renders it', async () => {
    const out = join(folder, 'named')
    let told: string | null = null
    const scenario = await loadScenario(writeScenario(folder, 'file'), { clients: 3, seed: 7 })
    const result = await run(scenario, { out, on: { planned: (event) => (told = event.folder) } })
    expect(told).toBe(out)
    expect(readResult(out)).toEqual(result)
    expect(readJournal(out)).toEqual(result.trials)
    expect(result.plan).toMatchObject({ seed: 7, loadPoints: [{ clients: 3 }] })
    expect(await readRun(out)).toEqual(result)
    expect(renderReport(result, 'markdown')).toContain('websocket')
    expect(renderTable(result, { width: 80 })).toContain('websocket')
    expect(await failureOf(run(scenario, { out }))).toMatchObject({ problems: [{ code: 'E_RUN_EXISTS' }] })
  })

  test('makes a folder of its own below another', async () => {
    const below = join(folder, 'many')
    const scenario = await readScenario(QUICK)
    await run(scenario, { out: { below }, seed: 42 })
    const [name = ''] = readdirSync(below)
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-inline$/)
    expect((await readRun(join(below, name))).plan.seed).toBe(42)
  })

  test('goes on beside another in the same process', async () => {
    const plans: Plan[][] = [[], []]
    const finished: number[][] = [[], []]
    const scenarios = await Promise.all(
      ['sse', 'http-streaming'].map((name) => readScenario({ ...QUICK, name, transports: [name] })),
    )
    const results = await Promise.all(
      scenarios.map((scenario, index) =>
        run(scenario, {
          seed: index,
          on: {
            planned: ({ plan }) => plans[index]?.push(plan),
            trialFinished: ({ trial }) => finished[index]?.push(trial.messages.delivered),
          },
        }),
      ),
    )
    expect(results.map(({ trials }) => trials.map(({ label, messages }) => [label, messages.missing]))).toEqual([
      [['sse', 0]],
      [['http-streaming', 0]],
    ])
    expect(plans).toEqual(results.map(({ plan }) => [plan]))
    expect(finished).toEqual([[60], [60]])
    expect(membersLeft()).toEqual([])
  })
})

describe('a signal that aborts', () => {
  test.each(['launch', 'connect', 'warmup', 'measure', 'drain', 'close'] as const)(
    'in the phase %s ends the run, with nothing left running',
    async (wanted) => {
      const interruption = new AbortController()
      const out = join(folder, `aborted-${wanted}`)
      const on: RunListeners = { phase: ({ phase }) => phase === wanted && interruption.abort() }
      const failure = await failureOf(run(await readScenario(QUICK), { signal: interruption.signal, out, on }))
      expect(failure).toBeInstanceOf(RunFailed)
      expect(failure).toMatchObject({
        exitCode: 130,
        problems: [{ code: 'E_INTERRUPTED' }],
        cause: interruption.signal.reason,
        result: { trials: [], summary: { trials: { planned: 1, finished: 0 }, exitCode: 130 } },
      })
      expect(readResult(out)).toEqual((failure as RunFailed).result)
      expect(membersLeft()).toEqual([])
    },
  )

  test('keeps the trials that have finished', async () => {
    const interruption = new AbortController()
    const scenario = await readScenario(QUICK, { overrides: { rounds: 3 } })
    const on: RunListeners = { phase: ({ trial, phase }) => trial.index === 1 && phase === 'measure' && interruption.abort() }
    const failure = (await failureOf(run(scenario, { signal: interruption.signal, on }))) as RunFailed
    expect(failure.result.trials.map(({ messages }) => messages.missing)).toEqual([0])
    expect(failure.result.summary.endedEarly).toContain('E_INTERRUPTED')
    expect(membersLeft()).toEqual([])
  })

  test.each([
    ['before the run', () => AbortSignal.abort('not wanted')],
    ['while it is planned', () => AbortSignal.timeout(1)],
  ])('%s starts no process', async (_, signalOf) => {
    const notes: string[] = []
    const signal = signalOf()
    const failure = (await failureOf(run(await readScenario(QUICK), { signal, on: noting(notes) }))) as RunFailed
    expect(failure).toBeInstanceOf(RunFailed)
    expect(failure.cause).toBe(signal.reason)
    expect(notes).toEqual(['planned 1'])
  })
})

describe('a listener that', () => {
  test.each<[what: string, on: RunListeners]>([
    ['throws ends the run, which rejects with what it threw', { phase: ({ phase }) => phase === 'warmup' && explode() }],
    ['throws at the plan does so before a process starts', { planned: explode }],
    ['rejects ends it too', { trialStarted: async () => explode() }],
  ])('%s', async (_, on) => {
    expect(await failureOf(run(await readScenario(QUICK), { on }))).toEqual(new Error('the dashboard is gone'))
    expect(membersLeft()).toEqual([])
  })
})

function explode(): never {
  throw new Error('the dashboard is gone')
}
