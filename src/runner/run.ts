import { join } from 'node:path'
import { summarize } from '../analysis/summary.js'
import type { Clock } from '../measure/clock.js'
import { FeedbenchError, worstExitCode } from '../model/errors.js'
import type { TrialProgress } from '../model/member.js'
import type { TrialPhase } from '../model/phase.js'
import type { Plan, PlannedTrial, TraceContent } from '../model/plan.js'
import { RESULT_SCHEMA_VERSION, type Result } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import type { RunRecord } from '../results/run-folder.js'
import type { Fleet } from './fleet.js'
import { runTrial } from './trial.js'

export interface RunEvents {
  onPhase(trial: PlannedTrial, phase: TrialPhase, endsInUs: number): void
  onProgress(trial: PlannedTrial, progress: TrialProgress): void
  onTrial(trial: Trial): void
}

export interface RunParts {
  plan: Plan
  /** By SHA-256. */
  traces: ReadonlyMap<string, TraceContent>
  fleet: Fleet
  folder: RunRecord
  context: Pick<Result, 'feedbench' | 'environment'>
  clock: Clock
  host: string
  events: RunEvents
  /** Ends the run early; what has finished is kept. */
  signal: AbortSignal
}

export interface RunOutcome {
  result: Result
  /** Why the run ended before its last trial; `null` where it did not. */
  failure: FeedbenchError | null
}

/** Executes a plan: each trial in its order with fresh processes, each written down before the next begins. */
export async function runPlan(parts: RunParts): Promise<RunOutcome> {
  const { plan, folder, context, fleet, signal } = parts
  await folder.writePlan(plan, context)
  const trials: Trial[] = []
  let failure: FeedbenchError | null = null
  const abort = () => void fleet.abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    for (const planned of plan.trials) {
      signal.throwIfAborted()
      const trial = await runTrial(planned, {
        ...parts,
        trace: traceOf(planned, parts.traces),
        logFile: logFileOf(planned, folder),
        events: eventsOf(planned, parts.events),
      })
      // Whoever interrupts while its processes end comes too late for this trial: it is whole, and kept.
      trials.push(trial)
      await folder.appendTrial(trial)
      parts.events.onTrial(trial)
    }
    signal.throwIfAborted()
  } catch (error) {
    failure = signal.aborted ? interrupted(signal.reason) : asFailure(error)
  } finally {
    signal.removeEventListener('abort', abort)
  }
  const summary = summarize(plan, trials, { endedEarly: failure === null ? null : whyEnded(failure) })
  const exitCode = worstExitCode([summary.exitCode, ...(failure === null ? [] : [failure.exitCode])])
  const result: Result = { schemaVersion: RESULT_SCHEMA_VERSION, ...context, plan, trials, summary: { ...summary, exitCode } }
  try {
    await folder.writeResult(result)
    return { result, failure }
  } catch (error) {
    return unwritten(result, failure, asFailure(error))
  }
}

/** Nobody can read it from the folder: what was measured is still shown, with why. A disk that was full before needs no second sentence. */
function unwritten(result: Result, failure: FeedbenchError | null, error: FeedbenchError): RunOutcome {
  const isKnown = failure?.problems.some(({ code }) => code === 'E_OUTPUT') ?? false
  const both = isKnown ? failure : new FeedbenchError([...(failure?.problems ?? []), ...error.problems], { cause: error })
  const exitCode = worstExitCode([result.summary.exitCode, error.exitCode])
  return { result: { ...result, summary: { ...result.summary, exitCode } }, failure: both }
}

/** What a server of the user's own says in each trial, beside what was measured of it. */
function logFileOf({ index, label, target }: PlannedTrial, { path }: RunRecord): string | null {
  if (path === undefined || target?.process == null) return null
  return join(path, `target-${index + 1}-${label.replaceAll(/[^a-z0-9-]+/gi, '-')}.log`)
}

function traceOf({ feed }: PlannedTrial, traces: ReadonlyMap<string, TraceContent>): TraceContent | null {
  return feed.trace === null ? null : (traces.get(feed.trace.sha256) ?? null)
}

function eventsOf(planned: PlannedTrial, events: RunEvents) {
  return {
    onPhase: (phase: TrialPhase, endsInUs: number) => events.onPhase(planned, phase, endsInUs),
    onProgress: (progress: TrialProgress) => events.onProgress(planned, progress),
  }
}

/** `reason`: the name of the signal, where it was one. */
export function interrupted(reason: unknown, what = 'run'): FeedbenchError {
  return new FeedbenchError({
    code: 'E_INTERRUPTED',
    where: what,
    message: `expected to run to the end, but it was interrupted${typeof reason === 'string' ? ` by ${reason}` : ''}`,
    hint: 'what had finished is kept',
  })
}

/** What nobody expected is a bug, and no reason to forget what had finished. */
export function asFailure(error: unknown): FeedbenchError {
  if (error instanceof FeedbenchError) return error
  return new FeedbenchError(
    {
      code: 'E_BUG',
      where: 'feedbench runner',
      message: `expected to run to the end, got: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'please report this, with the command and what it printed',
    },
    { cause: error },
  )
}

function whyEnded(failure: FeedbenchError): string {
  const [first] = failure.problems
  return first === undefined ? failure.message : `${first.where}: ${first.message} [${first.code}]`
}
