/** Combinations of values, such as all differences between two samples, of which a few are wanted by rank. */
export interface Parts {
  count: number
  /** The part of that rank, from 0 for the least. */
  at(rank: number): number
}

/** Up to so many are written down and sorted, which is quickest; more would be memory by the product of two lengths that a file may choose. */
const MOST_WRITTEN = 1 << 16

/** The means of every two values and of each with itself. `mostWritten` is for tests. */
export function meansOf(values: readonly number[], mostWritten = MOST_WRITTEN): Parts {
  const count = (values.length * (values.length + 1)) / 2
  if (count <= mostWritten) return written(values.flatMap((one, index) => values.slice(index).map((other) => (one + other) / 2)))
  const sorted = Float64Array.from(values).sort()
  return ranked(count, (limit) => {
    let [found, last] = [0, sorted.length - 1]
    for (let first = 0; first <= last; first++) {
      while (last >= first && ((sorted[first] as number) + (sorted[last] as number)) / 2 > limit) last--
      found += Math.max(0, last - first + 1)
    }
    return found
  })
}

/** From each value of one sample to each of the other. */
export function differencesOf(from: readonly number[], to: readonly number[], mostWritten = MOST_WRITTEN): Parts {
  const count = from.length * to.length
  if (count <= mostWritten) return written(to.flatMap((right) => from.map((left) => right - left)))
  const [lefts, rights] = [Float64Array.from(from).sort(), Float64Array.from(to).sort()]
  return ranked(count, (limit) => {
    let [found, least] = [0, 0]
    for (const right of rights) {
      while (least < lefts.length && right - (lefts[least] as number) > limit) least++
      found += lefts.length - least
    }
    return found
  })
}

function written(parts: number[]): Parts {
  const sorted = Float64Array.from(parts).sort()
  return { count: sorted.length, at: (rank) => sorted[rank] as number }
}

/**
 * By bisection over all doubles there are, in their order: the least of which `countUpTo` has found enough parts is itself a part, to the last bit, after 64 steps at most. A count takes one pass over
 * the sorted values, since sums and differences of doubles ascend with what they are made of.
 */
function ranked(count: number, countUpTo: (limit: number) => number): Parts {
  return {
    count,
    at(rank) {
      let [low, high] = [placeOf(Number.NEGATIVE_INFINITY), placeOf(Number.POSITIVE_INFINITY)]
      while (low < high) {
        const middle = (low + high) >> 1n
        if (countUpTo(doubleAt(middle)) > rank) high = middle
        else low = middle + 1n
      }
      return doubleAt(low)
    },
  }
}

const BITS = new BigInt64Array(1)
const DOUBLE = new Float64Array(BITS.buffer)
const SIGN = 1n << 63n

/** Where a double stands among all of them: their bits in order, those of negative ones turned round. */
function placeOf(value: number): bigint {
  DOUBLE[0] = value
  const bits = BITS[0] as bigint
  return bits >= 0n ? bits : -(bits + SIGN)
}

function doubleAt(place: bigint): number {
  BITS[0] = place >= 0n ? place : -place - SIGN
  return DOUBLE[0] as number
}
