import { latencyOverRounds, type RowEstimate } from '../analysis/uncertainty.js'
import type { LoadPointView } from './comparison.js'
import { formatDuration } from './quantity.js'

/** `4.10 ms [3.60, 5.90]`, `4.10 ms (3.60 to 5.90 ms)` of rounds, `>= 9.80 ms (too few independent samples)`, in one unit. */
function formatEstimate(estimate: RowEstimate | null): string {
  if (estimate === null) return formatDuration(null)
  return [formatDuration(estimate.basis === 'at-least' ? estimate.low : estimate.value), formatUncertainty(estimate)]
    .filter((part) => part !== '')
    .join(' ')
    .replace(/^/, estimate.basis === 'at-least' ? '>= ' : '')
}

/** What stands behind the figure; empty where nothing is known of it. */
export function formatUncertainty({ basis, low, high }: RowEstimate): string {
  if (basis === 'at-least' || basis === 'few') return '(too few independent samples)'
  if (low === null || high === null) return ''
  const ends = [formatDuration(low), formatDuration(high)]
  const [first = '', last = ''] = sameUnit(ends) ? [ends[0]?.split(' ')[0], ends[1]] : ends
  return basis === 'range'
    ? `(${first} to ${last})`
    : sameUnit(ends)
      ? `[${first}, ${last?.split(' ')[0]}]`
      : `[${first}, ${last}]`
}

function sameUnit(texts: readonly string[]): boolean {
  return new Set(texts.map((text) => text.split(' ')[1])).size === 1
}

/** What the brackets mean, for those estimates that have any. */
export function uncertaintyNotes(estimates: readonly (RowEstimate | null)[]): string[] {
  const met = new Set(estimates.map((estimate) => estimate?.basis))
  return [
    met.has('rounds') ? '[low, high]: 95 % for the median of the rounds' : '',
    met.has('within')
      ? '[low, high]: 95 % inside the round, counting deliveries that are late together once; another round may differ by more'
      : '',
    met.has('range') ? '(low to high): the least and the greatest of the rounds; an interval takes 6 rounds' : '',
    met.has('at-least') ? '>=: the least that it may be; the round has too few independent samples to say how much more' : '',
  ].filter((note) => note !== '')
}

/** `Inside the round, 95 %: sse p50 1.00 ms [0.98, 1.05], p99 >= 2.10 ms (...)`; none where the rounds tell, or no blocks are there. */
export function roundUncertainty({ rows }: LoadPointView): string[] {
  const told = rows.flatMap(({ row, trials, standing }) => {
    const believable = trials.filter(({ verdict }) => verdict.status !== 'invalid')
    // Without blocks there is nothing to tell, and nothing to decode for it.
    if (believable.length !== 1 || (believable[0]?.series.length ?? 0) < 2 || standing === 'unusable') return []
    const estimates = latencyOverRounds(believable, [50, 99])
    if (!estimates.some((estimate) => estimate !== null && estimate.basis !== 'none')) return []
    return [
      `${row.label} ${estimates.map((estimate, place) => `${place === 0 ? 'p50' : 'p99'} ${formatEstimate(estimate)}`).join(', ')}`,
    ]
  })
  return told.length === 0 ? [] : [`Inside the round, 95 %: ${told.join('; ')}`]
}
