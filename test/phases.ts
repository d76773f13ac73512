import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import {
  childrenOf,
  type Ended,
  isRunning,
  type Process,
  type Running,
  readJournal,
  readResult,
  type StartOptions,
  start,
  until,
  writeScenario,
} from './command.js'

/** Runs that are held in a phase: what is done to them then does not depend on how fast the machine is. */

export const PHASES = ['launch', 'connect', 'warmup', 'measure', 'drain', 'close'] as const
export type Phase = (typeof PHASES)[number]

/** As `--progress lines` calls them. */
const SHOWN: Record<Phase, string> = {
  launch: 'starting',
  connect: 'connecting',
  warmup: 'warming up',
  measure: 'measuring',
  drain: 'draining',
  close: 'closing',
}
const SLOW_TRANSPORT = fileURLToPath(new URL('fixtures/slow-transport.mjs', import.meta.url))
/** With it the quick one of the two trials comes first; it is checked that it did. */
const SEED = '1'

export interface Held {
  run: Running
  out: string
  /** Processes of the second trial. */
  members: Process[]
  /** Of the second trial, as errors name it. */
  label: string
}

export interface HeldOptions extends StartOptions {
  args?: string[]
  /** Whose launch is slow. */
  launching?: 'server' | 'driver'
  /** Keys of the scenario besides those that hold it. */
  parts?: Record<string, unknown>
}

/** A run of two trials of which the first is written down, and the second is in a phase that lasts for 25 s. */
export async function heldIn(folder: string, phase: Phase, name: string, options: HeldOptions = {}): Promise<Held> {
  const { args = [], launching = 'driver', env = {}, parts = {}, ...rest } = options
  const isOfFeed = phase === 'warmup' || phase === 'measure'
  const scenario = writeScenario(folder, name, {
    clients: 4,
    transports: isOfFeed ? ['websocket'] : ['websocket', SLOW_TRANSPORT],
    connect: { timeout: '25s' },
    phases: { warmup: '100ms', measure: '300ms', drain: '25s' },
    ...parts,
    ...(isOfFeed ? { matrix: { [`phases.${phase}`]: ['300ms', '25s'] } } : {}),
  })
  const out = join(folder, `${name}.out`)
  const slow = phase === 'launch' ? `${launching} launch` : phase
  const words = ['run', scenario, '--out', out, '--seed', SEED, '--progress', 'lines', ...args]
  const run = start(words, { ...rest, env: { ...env, FEEDBENCH_TEST_SLOW: slow } })
  await until(`${phase} of the second trial`, () => new RegExp(`^2/2 .*  ${SHOWN[phase]}`, 'm').test(run.stderr()))
  const quick = isOfFeed ? { [`phases.${phase}`]: 300_000 } : {}
  expect(readJournal(out)).toMatchObject([{ label: 'websocket', load: quick }])
  const last = phase === 'launch' ? `feedbench ${launching === 'driver' ? 'driver 1' : 'server'}` : 'feedbench driver 1'
  const members = await until(`${last} of the second trial`, () => {
    const children = childrenOf(run.pid)
    return children.some(({ title }) => title === last) && children
  })
  return { run, out, members, label: isOfFeed ? 'websocket' : 'slow' }
}

/** What stderr says beside where the run is. */
export function errorsOf({ stderr }: Ended): string {
  return stderr.replace(/^\d\/\d {2}.*\n/gm, '')
}

/** The run is over, nothing of it runs on, and what had finished is in journal and result. */
export async function expectKept({ run, out, members }: Held): Promise<Ended> {
  const ended = await run.ended
  expect(members.filter(({ pid }) => isRunning(pid))).toEqual([])
  expect(childrenOf(run.pid)).toEqual([])
  expect(readJournal(out)).toHaveLength(1)
  const result = readResult(out)
  expect(result.trials).toEqual(readJournal(out))
  expect(result.summary.trials).toEqual({ planned: 2, finished: 1 })
  expect(result.summary.exitCode).toBe(ended.code)
  return ended
}
