/**
 * Methods for histories, clusters and repeated looks that the design weighed, each written down directly from its definition and held to
 * known-answers.json. Nothing that is shipped uses them.
 */

/** n m / (n + m) times the energy distance of the two sides of a split, within-side terms as U-statistics. */
export function splitEnergy(series: readonly number[], at: number, end = series.length): number {
  const [left, right] = [series.slice(0, at), series.slice(at, end)]
  const between = sum(left.flatMap((one) => right.map((other) => Math.abs(one - other))))
  const [n, m] = [left.length, right.length]
  return ((n * m) / (n + m)) * ((2 * between) / (n * m) - within(left) - within(right))
}

/** Of one value there is no pair. */
function within(values: readonly number[]): number {
  if (values.length < 2) return 0
  const pairs = values.flatMap((one, index) => values.slice(index + 1).map((other) => Math.abs(one - other)))
  return (2 * sum(pairs)) / (values.length * (values.length - 1))
}

/** E-divisive: where the series changes most, over all splits and all ends of the right side. */
export function bestSplit(series: readonly number[]): { index: number; end: number; energy: number } {
  let best = { index: 0, end: 0, energy: Number.NEGATIVE_INFINITY }
  for (let index = 1; index < series.length; index++) {
    for (let end = index + 1; end <= series.length; end++) {
      const energy = splitEnergy(series, index, end)
      if (energy > best.energy + 1e-9) best = { index, end, energy }
    }
  }
  return best
}

/** How alike the members of a cluster are (analysis of variance), and how many independent values all of them are worth. Clusters of one size. */
export function designEffect(clusters: readonly (readonly number[])[]): { icc: number; factor: number; independent: number } {
  const size = clusters[0]?.length ?? 0
  const means = clusters.map((cluster) => sum(cluster) / size)
  const middle = sum(means) / means.length
  const between = (size * sum(means.map((mean) => (mean - middle) ** 2))) / (clusters.length - 1)
  const inside = sum(clusters.flatMap((cluster, place) => cluster.map((value) => (value - (means[place] ?? 0)) ** 2)))
  const within = inside / (clusters.length * (size - 1))
  const icc = (between - within) / (between + (size - 1) * within)
  const factor = 1 + (size - 1) * icc
  return { icc, factor, independent: (clusters.length * size) / factor }
}

/** Correlation of each value with the next, and how many independent values a series of the first order with it is worth. */
export function lag1(values: readonly number[]): { correlation: number; independent: number } {
  const middle = sum(values) / values.length
  const away = values.map((value) => value - middle)
  const correlation = sum(away.slice(1).map((value, index) => value * (away[index] ?? 0))) / sum(away.map((value) => value ** 2))
  return { correlation, independent: (values.length * (1 - correlation)) / (1 + correlation) }
}

/**
 * Evidence against a mean of 0 after each value, whatever the scatter: the ratio of likelihoods for t with an effect that is drawn from N(0, c2) in standard deviations. It may be
 * looked at after every value, and needs about twice as many of them as looks at three fixed moments.
 */
export function evidenceOfMean(values: readonly number[], c2: number): number[] {
  return values.map((_, index) => {
    const [n, used] = [index + 1, values.slice(0, index + 1)]
    const [total, squares] = [sum(used), sum(used.map((value) => value ** 2))]
    const shrunk = squares - (c2 * total ** 2) / (1 + n * c2)
    return (1 + n * c2) ** -0.5 * (squares / shrunk) ** (n / 2)
  })
}

/** How many measurements to take inside of a run for each run, so that the mean is as sure as it can be for the time. */
export function optimalInner(costOuter: number, costInner: number, varianceOuter: number, varianceInner: number): number {
  return Math.sqrt((costOuter / costInner) * (varianceInner / varianceOuter))
}

/** The chance that a standard random walk exceeds its limit at any of equally spaced looks, integrated look by look on a grid. */
export function crossingChance(limits: readonly number[], density: (z: number) => number, above: (z: number) => number): number {
  const [step, reach] = [0.01, 9]
  const grid = Array.from({ length: Math.round((2 * reach) / step) + 1 }, (_, index) => -reach + index * step)
  let crossed = above(limits[0] ?? 0)
  // Of the sum of the increments so far, where no limit has been crossed; z at look k is that sum over the root of k.
  let held = grid.map((value) => (value <= (limits[0] ?? 0) ? density(value) : 0))
  for (let look = 2; look <= limits.length; look++) {
    const limit = (limits[look - 1] ?? 0) * Math.sqrt(look)
    crossed += step * sum(held.map((mass, index) => (mass < 1e-15 ? 0 : mass * above(limit - (grid[index] ?? 0)))))
    const before = held
    held = grid.map((value) =>
      value > limit
        ? 0
        : step * sum(before.map((mass, index) => (mass < 1e-12 ? 0 : mass * density(value - (grid[index] ?? 0))))),
    )
  }
  return crossed
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
