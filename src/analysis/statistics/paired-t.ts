import { studentAbove } from './student.js'

/** Whether values lie to one side of 0, if they are drawn from a normal distribution. */
export interface PairedT {
  mean: number
  /** Of the mean. */
  standardError: number
  degrees: number
  pGreater: number
  pLess: number
}

/** Of at least 2 values. */
export function pairedT(values: readonly number[]): PairedT {
  const count = values.length
  const mean = meanOf(values)
  const standardError = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) / count)
  // Values that are all the same lie to one side without a doubt, or to none.
  const t = mean === 0 ? 0 : mean / standardError
  const degrees = count - 1
  return { mean, standardError, degrees, pGreater: studentAbove(t, degrees), pLess: studentAbove(-t, degrees) }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
