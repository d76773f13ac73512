import { LONGEST_THRESHOLD, parseThreshold } from '../analysis/threshold-syntax.js'
import type { Problem } from '../model/errors.js'
import { type Places, show, suggest } from './problems.js'

const FORM =
  'such as "*.messages.missing == 0"; the metrics are the members of a trial, as docs/schema/result.schema.json has them'

/** What is wrong with the thresholds: syntax, and selectors that select nothing. `labels` is `null` where they are not known. */
export function thresholdProblems(
  thresholds: unknown,
  labels: readonly string[] | null,
  names: readonly string[],
  places: Places,
): Problem[] {
  if (!Array.isArray(thresholds)) return []
  return thresholds.flatMap((text: unknown, index): Problem[] => {
    // What is too long is said by the schema.
    if (typeof text !== 'string' || text.length > LONGEST_THRESHOLD) return []
    const where = places.where(['thresholds', index])
    const selector = selectorOf(text)
    if (selector instanceof Error) return [{ code: 'E_THRESHOLD', where, message: selector.message, hint: FORM }]
    if (labels === null || selects(selector, labels, names)) return []
    const known = [...new Set([...labels, ...names])]
    const message = `expected *, a transport or a label of the scenario, got ${show(selector)}`
    return [{ code: 'E_THRESHOLD', where, message, hint: suggest(selector, known, 'labels') }]
  })
}

/** The thresholds that still select something where only some transports run. */
export function remainingThresholds(
  thresholds: readonly string[],
  labels: readonly string[],
  names: readonly string[],
): string[] {
  return thresholds.filter((text) => {
    const selector = selectorOf(text)
    return typeof selector === 'string' && selects(selector, labels, names)
  })
}

function selects(selector: string, labels: readonly string[], names: readonly string[]): boolean {
  return selector === '*' || labels.includes(selector) || names.includes(selector)
}

function selectorOf(text: string): string | Error {
  try {
    return parseThreshold(text).selector
  } catch (error) {
    return error as Error
  }
}
