import { signedRanks } from './signed-rank.js'

/** Two one-sided tests by signed ranks: whether values lie inside (-margin, +margin). */
export interface Equivalence {
  /** That they do not lie below +margin, and that they do not lie above -margin. */
  pBeyondUpper: number
  pBeyondLower: number
}

export function equivalence(values: readonly number[], margin: number): Equivalence {
  return {
    pBeyondUpper: signedRanks(values.map((value) => value - margin)).pLess,
    pBeyondLower: signedRanks(values.map((value) => value + margin)).pGreater,
  }
}
