/** Where the series for the middle ends and the fraction for the tails begins, in standard deviations. */
const TAIL_FROM = 3
const MOST_TERMS = 200

/** The chance that a standard normal value is above z; to 14 digits or more, in the tails too. */
export function normalAbove(z: number): number {
  if (z < 0) return 1 - normalAbove(-z)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  return z < TAIL_FROM ? 0.5 - density * series(z) : density / fraction(z)
}

/** What `chance` of standard normal values are above; for a chance between 0 and 1, exclusive. */
export function normalQuantileAbove(chance: number): number {
  let [low, high] = [-40, 40]
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2
    if (normalAbove(middle) > chance) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** z + z^3/3 + z^5/15 + ... : all positive, so that nothing cancels. */
function series(z: number): number {
  let [term, sum] = [z, z]
  for (let odd = 3; odd < 2 * MOST_TERMS && term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd
    sum += term
  }
  return sum
}

/** z + 1/(z + 2/(z + 3/(z + ...))), from the inside (Laplace). */
function fraction(z: number): number {
  let value = z
  for (let term = MOST_TERMS; term > 0; term--) value = z + term / value
  return value
}
