import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { seededRandom } from '../feed/random.js'

/** Of a beat: the mean is 10 ms. */
const SHORTEST_US = 2e3
const LONGEST_US = 18e3

/**
 * From one beat of a driver's heart to the next, each length as likely as the other. A regular beat falls in step with whatever stops the process at
 * regular times: beats of 20 ms saw nothing of 24 ms out of each 150.
 */
export function irregularGaps(seed: number): () => number {
  const random = seededRandom(seed)
  return () => uniformInt(random, SHORTEST_US, LONGEST_US)
}
