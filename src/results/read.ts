import { constants } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FeedbenchError } from '../model/errors.js'
import type { Plan } from '../model/plan.js'
import { RESULT_SCHEMA_VERSION, type Result, type Summary } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { checked, checkTrialsOfPlan, parseChecked, parseJson } from './check.js'
import { parseJournal } from './journal.js'
import { JOURNAL_FILE, PLAN_FILE, RESULT_FILE } from './run-folder.js'
import { planFileSchema, resultSchema } from './schema.js'

/** Of each file. V8's longest text is a few bytes shorter than 512 MiB. */
const MAX_FILE_BYTES = Math.min(512 * 2 ** 20, constants.MAX_STRING_LENGTH)

/** Computes what only all trials together tell. Handed in, because that is analysis, which comes after results. */
export type Summarize = (plan: Plan, trials: Trial[], options: { endedEarly: string | null }) => Summary

/**
 * Reads a run from its folder or from its `result.json`. A folder without one is a run that was killed: what had finished is
 * taken from the journal. E_FILE_NOT_FOUND, E_NOT_A_RUN, E_FILE_TOO_LARGE, or E_RESULT_SCHEMA with the first 20 problems.
 */
export async function readRun(path: string, summarize: Summarize): Promise<Result> {
  const content = await readContent(path)
  if (content === null) {
    throw new FeedbenchError({
      code: 'E_FILE_NOT_FOUND',
      where: path,
      message: 'expected a run folder or its result.json, got no such file',
      hint: 'a run prints where its folder is; without --out that is below results/runs',
    })
  }
  if (content !== FOLDER) return parseResult(path, content)
  const result = await readContent(join(path, RESULT_FILE))
  if (result !== null && result !== FOLDER) return parseResult(join(path, RESULT_FILE), result)
  return readUnfinished(path, summarize)
}

function parseResult(file: string, text: string): Result {
  if (!text.trimStart().startsWith('{')) throw notARun(file, 'expected a result, got a file that is not a JSON object')
  const value = parseJson(file, text) as { schemaVersion?: unknown }
  if (value.schemaVersion === undefined) throw notARun(file, 'expected a result, got JSON without a schemaVersion')
  refuseOtherVersion(file, value.schemaVersion)
  const result = checked(file, value, resultSchema)
  checkTrialsOfPlan(result.plan, result.trials, (place) => `${file} at trials[${place}]`)
  return result
}

async function readUnfinished(folder: string, summarize: Summarize): Promise<Result> {
  const planFile = join(folder, PLAN_FILE)
  const planText = await readContent(planFile)
  if (planText === null || planText === FOLDER) {
    throw notARun(folder, `expected a run folder, got one with neither ${RESULT_FILE} nor ${PLAN_FILE}`)
  }
  const { feedbench, environment, ...plan } = parseChecked(planFile, planText, planFileSchema)
  const journalFile = join(folder, JOURNAL_FILE)
  const journal = await readContent(journalFile)
  const lines = journal === null || journal === FOLDER ? [] : parseJournal(journalFile, journal)
  const trials = lines.map(({ trial }) => trial)
  checkTrialsOfPlan(plan, trials, (place) => `${journalFile}:${lines[place]?.line}`)
  const summary = summarize(plan, trials, { endedEarly: 'the run did not finish' })
  return { schemaVersion: RESULT_SCHEMA_VERSION, feedbench, environment, plan, trials, summary }
}

function refuseOtherVersion(file: string, version: unknown): void {
  if (version === RESULT_SCHEMA_VERSION) return
  const isNewer = typeof version === 'number' && version > RESULT_SCHEMA_VERSION
  throw new FeedbenchError({
    code: 'E_RESULT_SCHEMA',
    where: `${file} at schemaVersion`,
    message: `expected ${RESULT_SCHEMA_VERSION}, got ${typeof version === 'number' ? version : `a ${typeof version}`}`,
    hint: isNewer ? 'a newer feedbench wrote it: update this one' : 'name a result.json that feedbench wrote',
  })
}

function notARun(where: string, message: string): FeedbenchError {
  const hint = `name a run folder, or the ${RESULT_FILE} in it`
  return new FeedbenchError({ code: 'E_NOT_A_RUN', where, message, hint })
}

const FOLDER = Symbol('folder')

/** The text of a file; `FOLDER` where it is one; `null` where there is nothing of that name. */
async function readContent(path: string): Promise<string | typeof FOLDER | null> {
  try {
    // Before opening it: to open a pipe waits for somebody who writes.
    const status = await stat(path)
    if (status.isDirectory()) return FOLDER
    if (!status.isFile()) throw notARun(path, 'expected a file or a folder, got something else')
    if (status.size > MAX_FILE_BYTES) throw tooLarge(path, status.size)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof FeedbenchError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new FeedbenchError(
      { code: 'E_FILE_NOT_FOUND', where: path, message: `expected a file that can be read, got: ${message}` },
      { cause: error },
    )
  }
}

function tooLarge(path: string, sizeBytes: number): FeedbenchError {
  return new FeedbenchError({
    code: 'E_FILE_TOO_LARGE',
    where: path,
    message: `expected at most ${MAX_FILE_BYTES} bytes, got ${sizeBytes}`,
    hint: 'split the scenario into several with fewer trials',
  })
}
