/**
 * Twice the rank of each value, the least being 2; values that are equal share the mean of their ranks, which is why they are doubled:
 * a sum of halves would be no index of a table.
 */
export function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((value, place) => ({ value, place })).sort((a, b) => a.value - b.value)
  const ranks = new Array<number>(values.length).fill(0)
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to + 1 < order.length && order[to + 1]?.value === order[from]?.value) to++
    for (let index = from; index <= to; index++) ranks[order[index]?.place ?? 0] = from + to + 2
    from = to + 1
  }
  return ranks
}

/** The greatest count c of the values at either end, from 0, of which `chanceUpTo(c - 1)` is at most `level`. Chances ascend with c. */
export function greatestCut(most: number, level: number, chanceUpTo: (count: number) => number): number {
  let [low, high] = [0, most]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (chanceUpTo(middle - 1) <= level) low = middle
    else high = middle - 1
  }
  return low
}
