import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/**
 * A 32-bit seed that follows from several parts and in which each bit depends on all of theirs (MurmurHash3),
 * so that neighbouring rounds do not have related streams.
 */
export function deriveSeed(...parts: readonly (number | string)[]): number {
  let hash = 0
  let length = 0
  for (const part of parts) {
    // The type and the length are mixed in too: ('ab', 'c') is not ('a', 'bc').
    const words =
      typeof part === 'number'
        ? [part]
        : [0x7374_7200 ^ part.length, ...Array.from(part, (character) => character.codePointAt(0) ?? 0)]
    for (const word of words) hash = mixed(hash, word)
    length += 4 * words.length
  }
  return finished(hash ^ length)
}

/** The same items in an order drawn from the seed; every order is equally likely (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = xoroshiro128plus(seed)
  const result = [...items]
  for (let last = result.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last)
    const item = result[last] as Item
    result[last] = result[other] as Item
    result[other] = item
  }
  return result
}

function mixed(hash: number, word: number): number {
  let block = Math.imul(word, 0xcc9e2d51)
  block = Math.imul((block << 15) | (block >>> 17), 0x1b873593)
  const rotated = hash ^ block
  return (Math.imul((rotated << 13) | (rotated >>> 19), 5) + 0xe6546b64) | 0
}

function finished(hash: number): number {
  let value = hash ^ (hash >>> 16)
  value = Math.imul(value, 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
