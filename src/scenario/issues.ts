import type { z } from 'zod'
import { ERROR_CODES, type ErrorCode, type Problem } from '../model/errors.js'
import { type Path, type Places, show, suggest } from './problems.js'
import { knownKeys, type Shape, shapeAt } from './shape.js'

type Issue = z.core.$ZodIssue

/** What issues are about: the value that was checked, the shape that it should have had, and where it stands. */
export interface Subject {
  value: unknown
  shape: Shape
  /** From the root of the scenario to `value`. */
  path: Path
  places: Places
}

/** Says what a schema found in feedbench's way: one problem an issue, one for each unknown key. */
export function issueProblems(issues: readonly Issue[], subject: Subject): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, subject))
    const inside =
      issue.code === 'invalid_union'
        ? issue.errors.find((branch) => branch.every(({ path: inner }) => inner.length > 0))
        : undefined
    // Of a union, the branch that has something to say about a part of the value is the one that was meant.
    if (inside !== undefined && inside.length > 0)
      return issueProblems(
        inside.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
        subject,
      )
    return [issueProblem(issue, path, subject)]
  })
}

function unknownKey(key: string, path: Path, { shape, path: base, places }: Subject): Problem {
  const where = places.where([...base, ...path, key], 'key')
  const inside = [...base, ...path].at(-1)
  const message = `expected a known key${inside === undefined ? '' : ` of ${inside}`}, got ${show(key)}`
  return { code: 'E_UNKNOWN_KEY', where, message, hint: suggest(key, knownKeys(shapeAt(shape, path)), 'keys') }
}

function issueProblem(issue: Issue, path: Path, { value, shape, path: base, places }: Subject): Problem {
  const where = places.where([...base, ...path])
  const came = valueAt(value, path)
  const key = path.at(-1)
  if (came === undefined && typeof key === 'string') {
    const about = shapeAt(shape, path)?.description
    const hint = about === undefined ? {} : { hint: `${key}: ${about}` }
    return { code: 'E_MISSING_KEY', where, message: `expected the key ${key}, got nothing`, ...hint }
  }
  const own = ownCode(issue.message)
  const { code, expected } = own ?? describe(issue, shapeAt(shape, path))
  // What is wrong within a map as a whole is in the message; that it is a map says nothing.
  const got = issue.code === 'custom' && typeof came === 'object' ? '' : `, got ${show(came)}`
  const hint =
    issue.code === 'invalid_value' && typeof came === 'string' ? { hint: suggest(came, issue.values.map(String), 'values') } : {}
  return { code: base.length === 0 && path[0] === 'matrix' ? 'E_MATRIX' : code, where, message: expected + got, ...hint }
}

/** Messages of feedbench's own schemas begin with the code of the error. */
function ownCode(message: string): { code: ErrorCode; expected: string } | undefined {
  const [, first, expected] = /^(E_[A-Z_]+) (.*)$/s.exec(message) ?? []
  return first !== undefined && expected !== undefined && Object.hasOwn(ERROR_CODES, first)
    ? { code: first as ErrorCode, expected }
    : undefined
}

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
}

function describe(issue: Issue, shape: Shape | undefined): { code: ErrorCode; expected: string } {
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'E_TYPE', expected: `expected ${TYPES[issue.expected] ?? issue.expected}` }
    case 'invalid_value':
      return { code: 'E_VALUE', expected: `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}` }
    case 'too_small':
    case 'too_big':
      return { code: 'E_RANGE', expected: `expected ${rangeText(issue, shape)}` }
    default:
      return {
        code: 'E_VALUE',
        expected: issue.message.startsWith('expected ') ? issue.message : `expected another value (${issue.message})`,
      }
  }
}

const COUNTED: Record<string, [one: string, many: string]> = { array: ['entry', 'entries'], string: ['character', 'characters'] }

function rangeText(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, shape: Shape | undefined): string {
  if (shape?.minimum !== undefined && shape.maximum !== undefined) return `${shape.minimum} to ${shape.maximum}`
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum
  const unit = COUNTED[issue.origin]?.[Number(bound) === 1 ? 0 : 1]
  return `at ${issue.code === 'too_small' ? 'least' : 'most'} ${bound}${unit === undefined ? '' : ` ${unit}`}`
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
