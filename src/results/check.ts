import type { z } from 'zod'
import { FeedbenchError, type Problem } from '../model/errors.js'
import type { Plan } from '../model/plan.js'
import type { Trial } from '../model/trial.js'

/** More are of no use to anybody. */
export const MAX_PROBLEMS = 20
const MAX_DEPTH = 64

/** E_RESULT_SCHEMA where the text is not JSON, or JSON that nobody would write in good faith. */
export function parseJson(where: string, text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new FeedbenchError(problem(where, `expected JSON, got: ${printable((error as Error).message)}`))
  }
  const oddity = findOddity(value)
  if (oddity !== null) throw new FeedbenchError(problem(where, oddity))
  return value
}

/** E_RESULT_SCHEMA where a file is of another version than the one that is understood. `file`: its usual name; `key`: where its version stands. */
export function refuseOtherVersion(
  where: string,
  version: unknown,
  understood: number,
  file: string,
  key = 'schemaVersion',
): void {
  if (version === understood) return
  const isNewer = typeof version === 'number' && version > understood
  throw new FeedbenchError({
    code: 'E_RESULT_SCHEMA',
    where: `${where} at ${key}`,
    message: `expected ${understood}, got ${typeof version === 'number' ? version : version === undefined ? 'nothing' : `a ${typeof version}`}`,
    hint: isNewer ? 'a newer feedbench wrote it: update this one' : `name a ${file} that feedbench wrote`,
  })
}

export function checked<T>(where: string, value: unknown, schema: z.ZodType<T>): T {
  const outcome = schema.safeParse(value, { reportInput: false })
  if (outcome.success) return outcome.data
  const { issues } = outcome.error
  const problems = issues.slice(0, MAX_PROBLEMS).map((issue) => problem(at(where, issue.path), sentence(issue.message)))
  const rest = issues.length - problems.length
  // The last place tells how many did not fit.
  if (rest > 0) problems[MAX_PROBLEMS - 1] = problem(where, `expected a valid file, got ${rest + 1} more problems like these`)
  throw new FeedbenchError(problems)
}

/** E_RESULT_SCHEMA where a trial is not in the plan, or is there twice. `whereOf`: by place among the trials. */
export function checkTrialsOfPlan(plan: Plan, trials: readonly Trial[], whereOf: (place: number) => string): void {
  const planned = new Map(plan.trials.map((trial) => [trial.index, trial]))
  const seen = new Set<number>()
  const problems: Problem[] = []
  for (const [place, { index, label }] of trials.entries()) {
    const expected = planned.get(index)
    if (expected === undefined) problems.push(problem(whereOf(place), `expected a trial of the plan, got index ${index}`))
    else if (expected.label !== label) {
      problems.push(problem(whereOf(place), `expected ${expected.label} as in the plan, got ${printable(label)}`))
    } else if (seen.has(index)) problems.push(problem(whereOf(place), `expected each trial once, got index ${index} again`))
    seen.add(index)
  }
  if (problems.length > 0) throw new FeedbenchError(problems.slice(0, MAX_PROBLEMS))
}

/**
 * What JSON can hold and no result does: nesting that would overflow the stack of whoever walks it, numbers beyond
 * a double's range, a key that reaches for prototypes. Walks without recursion.
 */
function findOddity(root: unknown): string | null {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next
    if (typeof value === 'number' && !Number.isFinite(value))
      return 'expected finite numbers, got one beyond the range of a double'
    if (typeof value !== 'object' || value === null) continue
    if (depth === MAX_DEPTH) return `expected at most ${MAX_DEPTH} levels of nesting, got more`
    if (Object.hasOwn(value, '__proto__')) return 'expected no key __proto__, got one'
    for (const member of Array.isArray(value) ? value : Object.values(value)) {
      if (typeof member === 'object' || typeof member === 'number') open.push({ value: member, depth: depth + 1 })
    }
  }
  return null
}

/** `result.json at trials[3].bytes.sent` */
function at(where: string, path: readonly PropertyKey[]): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${printable(String(part)).slice(0, 80)}`)).join('')
  return place === '' ? where : `${where} at ${place.replace(/^\./, '')}`
}

function problem(where: string, message: string): Problem {
  return { code: 'E_RESULT_SCHEMA', where, message, hint: 'docs/schema/result.schema.json says what a result looks like' }
}

/** zod's message as `expected ..., got ...`. */
function sentence(message: string): string {
  const text = printable(message)
    .replace(/^Invalid (?:input|option|string): /, '')
    .replace(/, received undefined$/, ', got nothing')
    .replace(/, received /, ', got ')
    .replace(/^Too (?:small|big): expected/, 'expected')
    .replace(/^Unrecognized keys?: /, 'expected no such key, got ')
  return text.startsWith('expected') ? text : `expected a valid value: ${text}`
}

/** Without what would move a terminal's cursor, and not longer than a few lines. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?').slice(0, 300)
}
