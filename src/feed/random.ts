import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export type Random = ReturnType<typeof xoroshiro128plus>

/** The first numbers of the generator are close to 0 for small seeds, which would make a first gap of many means. */
const SKIPPED = 16

/** Random numbers that are the same for the same seed. */
export function seededRandom(seed: number): Random {
  const random = xoroshiro128plus(seed)
  for (let skipped = 0; skipped < SKIPPED; skipped++) random.next()
  return random
}
