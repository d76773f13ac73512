/**
 * Methods that the design of comparison and gate weighed and did not take, each written down directly from its definition: known-answers.json has
 * answers for them, and whoever takes one up finds it held to these. Nothing that is shipped uses them.
 */

/** The chance of a mean this great or greater under all 2^n signs of the deviations from 0. */
export function signFlipMeanP(values: readonly number[]): number {
  const observed = sum(values)
  let count = 0
  for (let signs = 0; signs < 2 ** values.length; signs++) {
    const flipped = sum(values.map((value, index) => ((signs >> index) & 1 ? -value : value)))
    // A sum that is the same but for the order of its additions counts.
    if (flipped >= observed - 1e-12) count++
  }
  return count / 2 ** values.length
}

/** Westfall and Young: one sign for a whole round, over all its metrics, so that what metrics have in common is not corrected for twice. */
export function maxSignedRank(rounds: readonly (readonly number[])[]): { observed: number[]; raw: number[]; adjusted: number[] } {
  const metrics = rounds[0]?.map((_, metric) => rounds.map((round) => round[metric] ?? 0)) ?? []
  const signed = metrics.map((values) => {
    // Whole ranks, of equals the first first.
    const order = values.map((_, index) => index).sort((a, b) => Math.abs(values[a] ?? 0) - Math.abs(values[b] ?? 0) || a - b)
    return values.map((value, index) => ({ rank: order.indexOf(index) + 1, isPlus: value > 0 }))
  })
  const statistic = (metric: number, signs: number): number =>
    sum((signed[metric] ?? []).map(({ rank, isPlus }, round) => (isPlus !== Boolean((signs >> round) & 1) ? rank : 0)))
  // The sum of the positive ranks says the same as the sum of all signed ones.
  const observed = signed.map((_, metric) => statistic(metric, 0))
  const order = observed.map((_, metric) => metric).sort((a, b) => (observed[b] ?? 0) - (observed[a] ?? 0))
  const total = 2 ** rounds.length
  const raw = observed.map(() => 0)
  const stepDown = observed.map(() => 0)
  for (let signs = 0; signs < total; signs++) {
    let greatest = Number.NEGATIVE_INFINITY
    for (const metric of [...order].reverse()) {
      const value = statistic(metric, signs)
      greatest = Math.max(greatest, value)
      if (value >= (observed[metric] ?? 0)) raw[metric] = (raw[metric] ?? 0) + 1 / total
      if (greatest >= (observed[metric] ?? 0)) stepDown[metric] = (stepDown[metric] ?? 0) + 1 / total
    }
  }
  let least = 0
  for (const metric of order) {
    least = Math.max(least, stepDown[metric] ?? 0)
    stepDown[metric] = least
  }
  return { observed: observed.map((value) => 2 * value - (rounds.length * (rounds.length + 1)) / 2), raw, adjusted: stepDown }
}

export interface Bootstrap {
  estimate: number
  standardError: number
  percentile: [number, number]
  z0: number
  acceleration: number
}

/** The mean over all n^n resamples of 95 %: an interval of 5 values holds in 92 to 95 % of cases, which is why none is shown of so few. */
export function exhaustiveBootstrap(
  values: readonly number[],
  normalQuantile: (chance: number) => number,
): Bootstrap & { means: number[] } {
  const n = values.length
  const means = Array.from({ length: n ** n }, (_, code) => {
    let [rest, total] = [code, 0]
    for (let place = 0; place < n; place++) {
      total += values[rest % n] ?? 0
      rest = Math.floor(rest / n)
    }
    return total / n
  }).sort((a, b) => a - b)
  const estimate = sum(values) / n
  const middle = sum(means) / means.length
  const standardError = Math.sqrt(sum(means.map((mean) => (mean - middle) ** 2)) / means.length)
  const isEqual = (mean: number): boolean => Math.abs(mean - estimate) < 1e-12
  const below = means.filter((mean) => mean < estimate && !isEqual(mean)).length + means.filter(isEqual).length / 2
  const leftOut = values.map((value) => (sum(values) - value) / (n - 1))
  const centre = sum(leftOut) / n
  const cubes = sum(leftOut.map((one) => (centre - one) ** 3))
  const squares = sum(leftOut.map((one) => (centre - one) ** 2))
  return {
    estimate,
    standardError,
    percentile: [nearestRank(means, 0.025), nearestRank(means, 0.975)],
    z0: normalQuantile(below / means.length),
    acceleration: cubes / (6 * squares ** 1.5),
    means,
  }
}

export function nearestRank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(1, Math.ceil(share * sorted.length - 1e-9)) - 1] ?? Number.NaN
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
