/** The interval of 95 % for a chance that was met `met` times of `count` (Wilson). */
export function chanceInterval(met, count) {
  const z = 1.959964
  const share = met / count
  const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count)
  const half = (z / (1 + z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
