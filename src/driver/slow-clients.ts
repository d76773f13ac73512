import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { seededRandom } from '../feed/random.js'
import type { PlannedSlowReaders } from '../model/plan.js'

/** Which of all clients are slow, by their index: the same for every driver and transport, and every choice equally likely. */
export function slowClients(totalClients: number, slowReaders: PlannedSlowReaders | null): ReadonlySet<number> {
  const chosen = new Set<number>()
  if (slowReaders === null) return chosen
  const random = seededRandom(slowReaders.seed)
  const first = totalClients - Math.min(totalClients, slowReaders.clients)
  // Floyd's choice: one draw each, however many there are.
  for (let last = first; last < totalClients; last++) {
    const drawn = uniformInt(random, 0, last)
    chosen.add(chosen.has(drawn) ? last : drawn)
  }
  return chosen
}
