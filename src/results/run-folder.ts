import { join, resolve } from 'node:path'
import { FeedbenchError } from '../model/errors.js'
import type { Plan } from '../model/plan.js'
import type { Result } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { appendLine, exists, makeFolder, makeFolders, replaceWhole, slug, syncFolder, timestamp, writeWhole } from './durable.js'
import { outputError } from './output-error.js'
import type { RunContext } from './schema.js'

export const PLAN_FILE = 'plan.json'
export const JOURNAL_FILE = 'trials.ndjson'
export const RESULT_FILE = 'result.json'
/** Where runs go that were given no folder: below the folder that the user is in. */
export const RUNS_FOLDER = 'results/runs'

/**
 * Where a run keeps what it finds out. Every method throws E_OUTPUT where it cannot write, and leaves what was written before
 * as it was. Calls must not overlap.
 */
export interface RunRecord {
  /** Of the folder, where there is one; absolute. */
  readonly path?: string
  /** Before the first socket opens. E_RUN_EXISTS where another run was faster. */
  writePlan(plan: Plan, context: RunContext): Promise<void>
  /** A line in the journal, on the disk when it returns. */
  appendTrial(trial: Trial): Promise<void>
  /** Whole or not at all. */
  writeResult(result: Result): Promise<void>
}

export interface RunFolder extends RunRecord {
  /** Absolute. */
  readonly path: string
}

/** For a caller who takes the result and needs no file. */
export const NO_RUN_FOLDER: RunRecord = { async writePlan() {}, async appendTrial() {}, async writeResult() {} }

/**
 * Makes the folder of a run: `path` where one is given (an existing one must not hold a run: E_RUN_EXISTS), else
 * `<UTC time>-<name>` below another, with a number behind it where that is taken.
 * `startedAtWallUs`: microseconds since 1970.
 */
export async function createRunFolder(
  path: string | null,
  name: string,
  startedAtWallUs: number,
  below: string = RUNS_FOLDER,
): Promise<RunFolder> {
  if (path !== null) return runFolder(await useFolder(path))
  return runFolder(await makeFolder(resolve(below), `${timestamp(startedAtWallUs)}-${slug(name)}`))
}

async function useFolder(given: string): Promise<string> {
  if (given === '') throw outputError('--out', new Error('an empty name'))
  const path = resolve(given)
  try {
    await makeFolders(path)
  } catch (error) {
    throw outputError(given, error)
  }
  for (const file of [PLAN_FILE, JOURNAL_FILE, RESULT_FILE]) {
    if (await exists(join(path, file))) throw runExists(given, file)
  }
  return path
}

function runFolder(path: string): RunFolder {
  return {
    path,
    async writePlan(plan, context) {
      const file = join(path, PLAN_FILE)
      try {
        await writeWhole(file, 'wx', { ...plan, ...context })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw runExists(path, PLAN_FILE)
        throw outputError(file, error)
      }
      await syncFolder(path)
    },
    async appendTrial(trial) {
      const file = join(path, JOURNAL_FILE)
      try {
        if (await appendLine(file, `${JSON.stringify(trial)}\n`)) await syncFolder(path)
      } catch (error) {
        throw outputError(file, error)
      }
    },
    async writeResult(result) {
      await replaceWhole(join(path, RESULT_FILE), result)
    },
  }
}

function runExists(path: string, file: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_RUN_EXISTS',
    where: path,
    message: `expected a folder without a run, but it has a ${file}`,
    hint: 'name another folder with --out, or remove this one',
  })
}
