/** Holm's correction: p values of several questions, such that the chance of any false alarm at all stays at the level. In the order of the questions. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, place) => ({ p, place })).sort((a, b) => a.p - b.p)
  const adjusted = new Array<number>(ps.length).fill(1)
  let greatest = 0
  order.forEach(({ p, place }, index) => {
    greatest = Math.max(greatest, p * (ps.length - index))
    adjusted[place] = Math.min(1, greatest)
  })
  return adjusted
}
