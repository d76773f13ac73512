import type { PlannedTrial } from '../model/plan.js'

/** Where nothing of the load decides how long an answer may take. */
export const ANSWER_DEADLINE_MS = 30_000
export const STOP_DEADLINE_MS = 5_000

/** For what takes longer with more clients. */
export function patienceMs({ load }: PlannedTrial): number {
  return ANSWER_DEADLINE_MS + load.clients * 5
}

/** A process of the trial ends by itself after this, whatever happens to the runner. */
export function lifetimeMs(planned: PlannedTrial): number {
  const { phases, connect, target } = planned
  const longestUs = connect.timeoutUs + phases.warmupUs + phases.measureUs + phases.drainUs + (target?.ready.timeoutUs ?? 0)
  return longestUs / 1e3 + 4 * ANSWER_DEADLINE_MS + patienceMs(planned)
}
