import { randomInt } from 'node:crypto'
import { systemClock, wallClockUs } from '../measure/clock.js'
import type { FeedbenchError } from '../model/errors.js'
import type { Plan } from '../model/plan.js'
import type { Result } from '../model/result.js'
import { describeEnvironment, feedbenchVersion } from '../results/environment.js'
import { createRunFolder, NO_RUN_FOLDER, type RunRecord } from '../results/run-folder.js'
import { LocalFleet } from '../runner/local-fleet.js'
import { placeTrial } from '../runner/placement.js'
import { runPlan } from '../runner/run.js'
import { makePlan, needsNetem, traceContents } from '../scenario/load.js'
import { type RunListeners, RunTeller } from './events.js'
import { refuseUnknownKeys } from './known-keys.js'
import { contentOf, type LoadedScenario } from './load.js'
import { RunFailed } from './run-failed.js'

/** `path`: of a folder that must not hold a run. `below`: a new folder in it, called after the time and the scenario. */
export type RunOutput = string | { below: string }

export interface RunOptions {
  /** Ends the run when it aborts. What finished is kept: `run` rejects with a `RunFailed` that holds it. */
  signal?: AbortSignal | undefined
  /** The run folder, written as the command writes it. Without it, or where it is `null`, nothing is written. */
  out?: RunOutput | null | undefined
  /** Of order, publish times and poll phases, 0 to 4294967295. Without it the scenario's; without that it is drawn. The plan records it. */
  seed?: number | undefined
  /** Called as the run goes on. */
  on?: RunListeners | undefined
}

/**
 * Executes a scenario with processes of its own on this machine, and resolves to its result when the last trial is over.
 * Touches nothing of the process it is called in: no signal handler, no title, no exit, no output.
 *
 * @throws RunFailed where the run ended before its last trial, with the result of what had finished
 * @throws FeedbenchError where it could not begin or not be written: E_LIMIT_*, E_RUN_EXISTS, E_OUTPUT
 * @throws TypeError where an argument is not what it has to be
 * What a listener throws ends the run, and `run` rejects with it.
 */
export async function run(scenario: LoadedScenario, options: RunOptions = {}): Promise<Result> {
  checkOptions(options)
  const { signal, out = null, on = {} } = options
  const content = contentOf(scenario)
  const teller = new RunTeller(on)
  const fleet = new LocalFleet()
  const seed = options.seed ?? content.seed ?? randomInt(2 ** 32)
  const netem = needsNetem(content.loadPoints.map((point) => point.scenario.network))
  const plan = makePlan({ ...content, seed }, await fleet.describe({ netem }), placeTrial, { seed })
  const context = { feedbench: { version: await feedbenchVersion() }, environment: await describeEnvironment(plan.cpuPlacement) }
  const { record, path } = await recordOf(out, plan)
  try {
    teller.tell('planned', { plan, folder: path })
    const { result, failure } = await runPlan({
      plan,
      traces: traceContents(content),
      fleet,
      folder: record,
      context,
      clock: systemClock,
      host: '127.0.0.1',
      events: teller,
      signal: signal === undefined ? teller.signal : AbortSignal.any([signal, teller.signal]),
    })
    teller.throwWhatBroke()
    if (failure !== null) throw new RunFailed(failure.problems, result, causeOf(failure, signal))
    return result
  } finally {
    teller.end()
  }
}

function causeOf({ cause }: FeedbenchError, signal: AbortSignal | undefined): ErrorOptions {
  const known = cause ?? (signal?.aborted === true ? signal.reason : undefined)
  return known === undefined ? {} : { cause: known }
}

async function recordOf(out: RunOutput | null, { scenario }: Plan): Promise<{ record: RunRecord; path: string | null }> {
  if (out === null) return { record: NO_RUN_FOLDER, path: null }
  const [path, below] = typeof out === 'string' ? [out, undefined] : [null, out.below]
  const folder = await createRunFolder(path, scenario.name, wallClockUs(), below)
  return { record: folder, path: folder.path }
}

function checkOptions(options: RunOptions): void {
  refuseUnknownKeys('run', options, ['signal', 'out', 'seed', 'on'])
  const { seed, out, signal } = options
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new TypeError(`run: expected a seed from 0 to 4294967295, got ${String(seed)}`)
  if (typeof out === 'object' && out !== null) refuseUnknownKeys('run: out', out, ['below'])
  const isPath = typeof out === 'string' || typeof (out as { below?: unknown } | null | undefined)?.below === 'string'
  if (out !== undefined && out !== null && !isPath) throw new TypeError('run: expected out to be a path or {below: path}')
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('run: expected signal to be an AbortSignal')
}
