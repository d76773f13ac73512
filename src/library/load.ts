import { fileURLToPath } from 'node:url'
import type { Load } from '../model/plan.js'
import { type LoadedScenario as Content, loadScenario as load, readScenario as read } from '../scenario/load.js'
import { refuseUnknownKeys } from './known-keys.js'

/** What is set instead of the scenario's own, as the options of the command `run`. An axis of the matrix over the same thing goes away. */
export interface Overrides {
  /** Names or labels; in one text separated by commas. */
  transports?: string | readonly string[] | undefined
  clients?: number | string | undefined
  /** Of the measured window: a number of seconds, or a text such as `10s`. */
  duration?: number | string | undefined
  rounds?: number | string | undefined
  /** 0 to 4294967295. */
  seed?: number | string | undefined
  /** Whether the scenario's target may be a server on another machine, which is then put under load. */
  allowRemote?: boolean | undefined
}

export interface ReadOptions {
  /** Stands in problems, and plug-ins and traces are looked for beside it; default: `scenario` in the working directory. */
  file?: string | undefined
  overrides?: Overrides | undefined
}

/** A scenario that was read and checked, for `run`. It has labels x load points x rounds trials. */
export interface LoadedScenario {
  readonly name: string
  readonly description: string | null
  readonly file: string
  /** Of the text. */
  readonly sha256: string
  readonly labels: readonly string[]
  readonly loadPoints: readonly Readonly<Load>[]
  readonly rounds: number
  /** `null`: drawn when it is run, and recorded in the plan. */
  readonly seed: number | null
  readonly thresholds: readonly string[]
}

/** What `run` needs is no part of the API, and a changed copy would not change it: only what was returned here is known here. */
const contents = new WeakMap<LoadedScenario, Content>()

/**
 * Reads and checks the file of a scenario.
 * @throws FeedbenchError with all problems, each at `file:line:column` or at the option of that name (`--clients`)
 * @throws TypeError where an override has a name that there is not
 */
export async function loadScenario(path: string | URL, overrides: Overrides = {}): Promise<LoadedScenario> {
  return remember(await load(path instanceof URL ? fileURLToPath(path) : path, inOneText(overrides)))
}

/**
 * Reads and checks a scenario given as YAML or JSON text, or as the value that such a text stands for.
 * @throws FeedbenchError with all problems
 * @throws TypeError where an option has a name that there is not
 */
export async function readScenario(source: string | object, options: ReadOptions = {}): Promise<LoadedScenario> {
  refuseUnknownKeys('readScenario', options, ['file', 'overrides'])
  const { file = 'scenario', overrides = {} } = options
  // JSON is a subset of YAML; in lines, so that a problem's line says something.
  const text = typeof source === 'string' ? source : JSON.stringify(source, null, 2)
  return remember(await read(text, { file, overrides: inOneText(overrides) }))
}

/** @throws TypeError where `loadScenario` or `readScenario` did not make it */
export function contentOf(scenario: LoadedScenario): Content {
  const content = contents.get(scenario)
  if (content !== undefined) return content
  throw new TypeError(
    'run: expected what loadScenario or readScenario resolved to (for changes use their overrides), got another value',
  )
}

function remember(content: Content): LoadedScenario {
  const { name, description, file, sha256, labels, loadPoints, rounds, seed, thresholds } = content
  const loads = loadPoints.map(({ load }) => ({ ...load }))
  const loaded = Object.freeze({ name, description, file, sha256, labels, loadPoints: loads, rounds, seed, thresholds })
  contents.set(loaded, content)
  return loaded
}

function inOneText(overrides: Overrides) {
  refuseUnknownKeys('overrides', overrides, ['transports', 'clients', 'duration', 'rounds', 'seed', 'allowRemote'])
  const { transports, ...others } = overrides
  return { ...others, transports: typeof transports === 'object' ? transports.join() : transports }
}
