import type { Load } from '../model/plan.js'
import { type Spread, SUMMARY_METRICS, type SummaryMetric, type SummaryRow, type Winner } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { groupByLoad, loadKey } from './cells.js'
import { latencyEstimates } from './uncertainty.js'

/**
 * Of two labels that are the same, one lies apart from the other in 33 % of cases with 2 rounds, in 10 % with 3 and 2.9 % with 4; of five that
 * are the same, one from all others in 11 % with 2 and 1 % with 3 (counting orders).
 */
const MIN_ROUNDS_FOR_WINNER = 3

/** Many messages in a response are neither good nor bad; of all other columns less is better. */
const SIDELESS_METRICS: readonly SummaryMetric[] = ['requests.messagesPerResponse']

/** For each column and load point the label whose rounds lie apart from all others', or why there is none. */
export function findWinners(rows: readonly SummaryRow[], loadPoints: readonly Load[], trials: readonly Trial[]): Winner[] {
  const [rowsOf, trialsOf] = [groupByLoad(rows), groupByLoad(trials)]
  return loadPoints.flatMap((load) => {
    const key = loadKey(load)
    const contenders = rowsOf.get(key) ?? []
    const here = trialsOf.get(key) ?? []
    const disqualified = whyNoneAtAll(contenders, here)
    return SUMMARY_METRICS.filter((metric) => !SIDELESS_METRICS.includes(metric)).map((metric): Winner => {
      const why = disqualified ?? whyTooFew(metric, here)
      const found = why === null ? bestOf(metric, contenders) : { label: null, why }
      return { metric, load, ...found }
    })
  })
}

/**
 * Messages that each window must have had for a percentile to mean anything: deliveries of one message are nearly one observation, and a p50 needs 6 of
 * these, a p99 368 (order statistics at 95 %). With fewer, a p99 is the latency of one message, and so is a maximum.
 */
const MESSAGES_NEEDED: Partial<Record<SummaryMetric, number>> = {
  'latencyUs.p50': 6,
  'transitUs.p50': 6,
  'latencyUs.p99': 368,
  'latencyUs.max': 368,
}

function whyTooFew(metric: SummaryMetric, trials: readonly Trial[]): string | null {
  const needed = MESSAGES_NEEDED[metric] ?? 0
  const fewest = trials.reduce((least, { messages }) => Math.min(least, messages.published), Number.POSITIVE_INFINITY)
  if (fewest < needed) return `${fewest} messages in the window are too few for it (${needed} are needed)`
  if (metric !== 'latencyUs.p50' && metric !== 'latencyUs.p99') return null
  return whyTooAlike(trials, metric === 'latencyUs.p50' ? 50 : 99)
}

/** Many messages that are late together are one observation: a percentile without an upper end of its uncertainty decides nothing. */
function whyTooAlike(trials: readonly Trial[], percent: number): string | null {
  for (const trial of trials.filter(({ series }) => series.length > 1)) {
    const [estimate] = latencyEstimates(trial, [percent])
    if (estimate === undefined || estimate.independent === null || estimate.independent >= estimate.needed) continue
    return `the deliveries of ${trial.label} are worth ${estimate.independent} independent samples, and it needs ${estimate.needed}`
  }
  return null
}

/** What keeps a whole load point from having winners; `null` where nothing does. */
function whyNoneAtAll(rows: readonly SummaryRow[], trials: readonly Trial[]): string | null {
  if (rows.length < 2) return 'there is nothing to compare with'
  const unfinished = rows.find(({ rounds }) => roundsOf(rounds) === 0)
  if (unfinished !== undefined) return `${unfinished.label} was not measured`
  const doubtful = rows.find(({ verdict }) => verdict === 'invalid') ?? rows.find(({ verdict }) => verdict === 'degraded')
  if (doubtful !== undefined) return `${doubtful.label} is ${doubtful.verdict} (${causesOf(doubtful, trials)})`
  const fewest = Math.min(...rows.map(({ rounds }) => roundsOf(rounds)))
  if (fewest < MIN_ROUNDS_FOR_WINNER) {
    const rounds = fewest === 1 ? 'one round' : `${fewest} rounds`
    return `with ${rounds} a difference cannot be told from noise (use --rounds ${MIN_ROUNDS_FOR_WINNER} or more)`
  }
  return null
}

/** The codes that made the row what it is; findings, which leave a trial valid, are not among them. */
function causesOf({ label, verdict }: SummaryRow, trials: readonly Trial[]): string {
  const reasons = trials.filter((trial) => trial.label === label).flatMap((trial) => trial.verdict.reasons)
  return [...new Set(reasons.filter(({ severity }) => severity === verdict).map(({ code }) => code))].join(', ')
}

function bestOf(metric: SummaryMetric, rows: readonly SummaryRow[]): { label: string | null; why: string | null } {
  const measured: { label: string; low: number; high: number; middle: number }[] = []
  for (const { label, metrics } of rows) {
    const range = known(metrics[metric])
    if (range !== null) measured.push({ label, ...range })
  }
  const absent = rows.filter(({ label }) => !measured.some((entry) => entry.label === label)).map(({ label }) => label)
  if (measured.length === 0) return none('not measured')
  if (absent.length > 0) return none(`not measured for ${list(absent)}`)
  const [best, ...others] = measured.sort((a, b) => a.middle - b.middle || a.high - b.high)
  if (best === undefined) return none('not measured')
  if (measured.every(({ low, high }) => low === best.low && high === best.low)) return none('all equal')
  const level = others.filter(({ low }) => low <= best.high)
  if (level.length === 0) return { label: best.label, why: null }
  const labels = list([best, ...level].map(({ label }) => label))
  const areEqual = [best, ...level].every(({ low, high }) => low === best.low && high === best.low)
  return none(areEqual ? `${labels} are equal` : `the spread of ${labels} overlaps`)
}

function known({ median, min, max }: Spread): { low: number; high: number; middle: number } | null {
  return median === null || min === null || max === null ? null : { low: min, high: max, middle: median }
}

function none(why: string): { label: null; why: string } {
  return { label: null, why }
}

function list(labels: string[]): string {
  return labels.length < 2 ? labels.join('') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`
}

function roundsOf({ valid, degraded, invalid }: SummaryRow['rounds']): number {
  return valid + degraded + invalid
}
