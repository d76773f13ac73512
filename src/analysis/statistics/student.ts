/** Student's t, for whole degrees of freedom from 1. */

const SMALLEST = 1e-300
const MOST_TERMS = 500

/** The chance of a value above t. */
export function studentAbove(t: number, degrees: number): number {
  if (t < 0) return 1 - studentAbove(-t, degrees)
  if (t === Number.POSITIVE_INFINITY) return 0
  const x = degrees / (degrees + t * t)
  return regularizedBeta(x, degrees / 2, 0.5, betaWithHalf(degrees)) / 2
}

/** What a share of the values lie below; `share` from 0.5 to 1, exclusive. */
export function studentQuantile(share: number, degrees: number): number {
  let high = 1
  while (studentAbove(high, degrees) > 1 - share && high < 1e12) high *= 2
  let low = high > 1 ? high / 2 : 0
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (studentAbove(middle, degrees) > 1 - share) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** B(degrees/2, 1/2), stepwise from B(1/2, 1/2) = pi or B(1, 1/2) = 2. */
function betaWithHalf(degrees: number): number {
  let beta = degrees % 2 === 1 ? Math.PI : 2
  for (let a = degrees % 2 === 1 ? 0.5 : 1; a < degrees / 2; a++) beta *= a / (a + 0.5)
  return beta
}

/** The incomplete beta integral from 0 to x as a share of the whole, by its continued fraction on the side where that is quick. */
function regularizedBeta(x: number, a: number, b: number, beta: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a, beta)
  if (x === 0) return 0
  return (Math.exp(a * Math.log(x) + b * Math.log1p(-x)) / (a * beta)) * betaFraction(x, a, b)
}

/** Evaluated from the front by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let [c, d] = [1, 1 / away(1 - ((a + b) * x) / (a + 1))]
  let value = d
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    value *= c * d
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    value *= c * d
    if (Math.abs(c * d - 1) < 1e-15) break
  }
  return value
}

/** Not 0, which would be divided by. */
function away(value: number): number {
  return Math.abs(value) < SMALLEST ? SMALLEST : value
}
