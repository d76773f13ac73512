import { join } from 'node:path'
import { FeedbenchError } from '../model/errors.js'
import type { Plan } from '../model/plan.js'
import { RESULT_SCHEMA_VERSION, type Result, type Summary } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { checked, checkTrialsOfPlan, parseJson, refuseOtherVersion } from './check.js'
import { FOLDER, readContent } from './file-content.js'
import { parseJournal } from './journal.js'
import { isOlder, migratePlan, migrateResult, migrateTrial } from './migrate.js'
import { JOURNAL_FILE, PLAN_FILE, RESULT_FILE } from './run-folder.js'
import { planFileSchema, resultSchema } from './schema.js'

/** Computes what only all trials together tell. Handed in, because that is analysis, which comes after results. */
export type Summarize = (plan: Plan, trials: Trial[], options: { endedEarly: string | null }) => Summary

/**
 * Reads a run from its folder or from its `result.json`. A folder without one is a run that was killed: what had finished is
 * taken from the journal. E_FILE_NOT_FOUND, E_NOT_A_RUN, E_FILE_TOO_LARGE, or E_RESULT_SCHEMA with the first 20 problems.
 */
export async function readRun(path: string, summarize: Summarize): Promise<Result> {
  const content = await readContent(path, notARun)
  if (content === null) {
    throw new FeedbenchError({
      code: 'E_FILE_NOT_FOUND',
      where: path,
      message: 'expected a run folder or its result.json, got no such file',
      hint: 'a run prints where its folder is; without --out that is below results/runs',
    })
  }
  if (content !== FOLDER) return parseResult(path, content)
  const result = await readContent(join(path, RESULT_FILE), notARun)
  if (result !== null && result !== FOLDER) return parseResult(join(path, RESULT_FILE), result)
  return readUnfinished(path, summarize)
}

function parseResult(file: string, text: string): Result {
  if (!text.trimStart().startsWith('{')) throw notARun(file, 'expected a result, got a file that is not a JSON object')
  const found = parseJson(file, text) as Record<string, unknown>
  if (found.schemaVersion === undefined) throw notARun(file, 'expected a result, got JSON without a schemaVersion')
  const value = isOlder(found.schemaVersion) ? migrateResult(found) : found
  refuseOtherVersion(file, value.schemaVersion, RESULT_SCHEMA_VERSION, RESULT_FILE)
  const result = checked(file, value, resultSchema)
  checkTrialsOfPlan(result.plan, result.trials, (place) => `${file} at trials[${place}]`)
  return result
}

async function readUnfinished(folder: string, summarize: Summarize): Promise<Result> {
  const planFile = join(folder, PLAN_FILE)
  const planText = await readContent(planFile, notARun)
  if (planText === null || planText === FOLDER) {
    throw notARun(folder, `expected a run folder, got one with neither ${RESULT_FILE} nor ${PLAN_FILE}`)
  }
  const found = parseJson(planFile, planText) as Record<string, unknown> | null
  const isOld = isOlder(found?.planVersion)
  const planValue = isOld ? migratePlan(found ?? {}) : found
  refuseOtherVersion(planFile, planValue?.planVersion, RESULT_SCHEMA_VERSION, PLAN_FILE, 'planVersion')
  const { feedbench, environment, ...plan } = checked(planFile, planValue, planFileSchema)
  const journalFile = join(folder, JOURNAL_FILE)
  const journal = await readContent(journalFile, notARun)
  const lines = journal === null || journal === FOLDER ? [] : parseJournal(journalFile, journal, isOld ? migrateTrial : undefined)
  const trials = lines.map(({ trial }) => trial)
  checkTrialsOfPlan(plan, trials, (place) => `${journalFile}:${lines[place]?.line}`)
  const summary = summarize(plan, trials, { endedEarly: 'the run did not finish' })
  return { schemaVersion: RESULT_SCHEMA_VERSION, feedbench, environment, plan, trials, summary }
}

function notARun(where: string, message: string): FeedbenchError {
  const hint = `name a run folder, or the ${RESULT_FILE} in it`
  return new FeedbenchError({ code: 'E_NOT_A_RUN', where, message, hint })
}
