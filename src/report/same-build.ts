import type { GateResult } from '../model/gate.js'

/** What is to be said of a gate whose sides serve the same, as far as can be told; `null` where they differ, or it cannot be told. */
export function sameBuild({ baseline, candidate }: GateResult['sides']): string | null {
  if (baseline.build === null || baseline.build !== candidate.build) return null
  return 'no difference is known between what the two sides serve (A/A)'
}
