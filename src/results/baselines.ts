import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { StoredBaseline } from '../model/baseline.js'
import { FeedbenchError } from '../model/errors.js'
import { COMPARED_METRICS } from '../model/gate.js'
import type { Environment } from '../model/result.js'
import { checked, parseJson } from './check.js'
import { makeFolders, replaceWhole } from './durable.js'
import { environmentKey, keyText } from './environment-key.js'
import { readContent } from './file-content.js'
import { count, name, receipts, text } from './numbers.js'
import { outputError } from './output-error.js'

/** Committed, so that a later commit can be held against it: below the folder that the user is in. */
export const BASELINES_FOLDER = 'results/baselines'

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,79}$/u

const ledger = z.strictObject({ label: name, expected: count, ...receipts, unconfirmed: count.optional() })

const baselineSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name,
  feedbench: z.strictObject({ version: name }),
  revision: text.nullable(),
  scenario: z.strictObject({ name, sha256: text }),
  environment: z.strictObject({ cpu: text, cores: count, node: text, os: text }),
  measured: z.record(z.string(), z.union([z.number(), text, z.boolean(), z.null()])),
  startedAt: text.nullable(),
  runs: z
    .array(
      z.strictObject({
        values: z
          .array(z.strictObject({ label: name, metric: z.enum(COMPARED_METRICS), value: z.number().nullable() }))
          .max(10_000),
        ledgers: z.array(ledger).max(10_000),
      }),
    )
    .max(1_000),
}) satisfies z.ZodType<StoredBaseline>

export interface FoundBaseline {
  path: string
  baseline: StoredBaseline
}

/** Where the baseline of that name is kept for an environment. @throws FeedbenchError E_USAGE where that is no name */
export function baselinePath(called: string, environment: Environment, folder = BASELINES_FOLDER): string {
  // A name that ends so would be taken for a path.
  if (!NAME.test(called) || called.endsWith('.json'))
    throw new FeedbenchError({
      code: 'E_USAGE',
      where: '--name',
      message: `expected up to 80 letters, digits and . _ - after a letter or digit, without .json at the end, got ${JSON.stringify(called)}`,
      hint: 'such as --name main',
    })
  return join(folder, keyText(environmentKey(environment)), `${called}.json`)
}

export async function writeBaseline(path: string, baseline: StoredBaseline): Promise<void> {
  try {
    await makeFolders(dirname(path))
  } catch (error) {
    throw outputError(path, error)
  }
  await replaceWhole(path, baseline)
}

/** All that there are, of every environment, in the order of their names. E_RESULT_SCHEMA where one is none. */
export async function allBaselines(folder = BASELINES_FOLDER): Promise<FoundBaseline[]> {
  const found: FoundBaseline[] = []
  for (const key of (await filesIn(folder)).sort())
    for (const file of (await filesIn(join(folder, key))).sort())
      if (file.endsWith('.json')) found.push(await readBaseline(join(folder, key, file)))
  return found
}

async function readBaseline(path: string): Promise<FoundBaseline> {
  return { path, baseline: checked(path, parseJson(path, await readText(path)), baselineSchema) }
}

async function readText(path: string): Promise<string> {
  const content = await readContent(path, noBaseline)
  if (typeof content === 'string') return content
  throw noBaseline(path, `expected the file of a baseline, got ${content === null ? 'no such file' : 'a folder'}`)
}

function noBaseline(where: string, message: string): FeedbenchError {
  return new FeedbenchError({ code: 'E_FILE_NOT_FOUND', where, message, hint: 'feedbench baseline list shows them' })
}

/** By the path of its file, or by its name: that of this environment, else one of another, with which nothing can be decided. @throws FeedbenchError E_BASELINE where there is none */
export async function findBaseline(called: string, environment: Environment, folder = BASELINES_FOLDER): Promise<FoundBaseline> {
  if (called.endsWith('.json')) return readBaseline(called)
  const named = (await allBaselines(folder)).filter(({ baseline }) => baseline.name === called)
  const own = named.find(({ path }) => path === baselinePath(called, environment, folder)) ?? named[0]
  if (own !== undefined) return own
  throw new FeedbenchError({
    code: 'E_BASELINE',
    where: '--against',
    message: `expected the name of a baseline in ${folder}, got ${JSON.stringify(called)}`,
    hint: 'feedbench baseline list shows them; feedbench baseline save <run> --name <name> makes one of a run of many rounds',
  })
}

async function filesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
