import type { ComparedFigure } from '../../model/comparison.js'
import { html, type Markup } from './markup.js'

/** Ratios beyond this are drawn at the edge, as an arrow would be. */
const MOST_LN_RATIO = Math.log(4)
const WIDTH = 220
const HEIGHT = 18
const EDGE = 6

/** Half the width of the drawings of all these figures, as a logarithm, so that they can be compared by eye. */
export function forestReach(figures: readonly ComparedFigure[]): number {
  const ends = figures.flatMap(({ ratio, interval, margin }) => [
    ratio,
    interval?.low ?? null,
    interval?.high ?? null,
    (1 + margin) ** 2,
  ])
  const logs = ends.filter((end) => end !== null && end > 0).map((end) => Math.abs(Math.log(end ?? 1)))
  return Math.min(
    MOST_LN_RATIO,
    logs.reduce((a, b) => Math.max(a, b), 0.01),
  )
}

/** A dot at the ratio, a ring where nothing bounds it; a line from end to end of its interval, a band for the margin and a line where nothing has changed. */
export function forestRow({ ratio, interval, margin, outcome, exact }: ComparedFigure, reach: number): Markup | null {
  if (ratio === null || ratio <= 0) return null
  const at = (value: number): number => {
    const share = Math.max(-1, Math.min(1, Math.log(value) / reach))
    return WIDTH / 2 + share * (WIDTH / 2 - EDGE)
  }
  const [left, right] = [at(1 / (1 + margin)), at(1 + margin)]
  const [low, high] = [interval?.low ?? null, interval?.high ?? null]
  const whisker =
    low === null || high === null || low <= 0
      ? null
      : html`<line class="whisker" x1="${x(at(low))}" x2="${x(at(high))}" y1="9" y2="9"/>`
  return html`<svg class="forest ${outcome}${whisker === null && !exact ? ' open' : null}" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true"><rect class="band" x="${x(left)}" y="0" width="${x(right - left)}" height="${HEIGHT}"/><line class="same" x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="0" y2="${HEIGHT}"/>${whisker}<circle cx="${x(at(ratio))}" cy="9" r="4"/></svg>`
}

/** By role: what got worse, what got better, and all else. */
export const FOREST_STYLE = `
svg.forest{display:block}.forest .band{fill:var(--grid)}.forest .same{stroke:var(--quiet);stroke-width:1}.forest .whisker{stroke:var(--text);stroke-width:2}.forest circle{fill:var(--text)}.forest.open circle{fill:var(--ground);stroke:var(--text);stroke-width:1.5}
.forest.regressed .whisker{stroke:var(--bad)}.forest.regressed circle{fill:var(--bad)}.forest.improved .whisker{stroke:var(--good)}.forest.improved circle{fill:var(--good)}
`

function x(value: number): string {
  return value.toFixed(1)
}
