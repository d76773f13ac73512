import type { Spread } from '../model/result.js'

/** The median of the values, the mean of the middle two where their number is even; `null` of none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2
}

/** Of at least one value. As arguments of a function, hundreds of thousands would overflow the stack. */
export function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b))
}

export function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b))
}

/** Median, least and greatest of the values that were measured; all `null` where none was. */
export function spreadOf(values: readonly (number | null)[]): Spread {
  const measured = values.filter((value) => value !== null)
  if (measured.length === 0) return { median: null, min: null, max: null }
  return { median: median(measured), min: least(measured), max: greatest(measured) }
}
