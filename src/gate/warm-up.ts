import type { GateRound } from '../model/gate.js'
import { SIDES } from '../model/pair.js'
import type { PairFigures } from './evidence.js'
import { GATE_LIMITS } from './limits.js'

/** The slices at the start, and at the end, that are held against each other. */
const QUARTER = 0.25
/** Fewer pairs than this in a quarter differ by chance. */
const LEAST_PAIRS = 3
/** In so many rounds, one after another. */
const ROUNDS = 3

/**
 * By how much p50 was higher in the first quarter of a label's slices than in the last, of both sides together; `null` where there are fewer than 12 pairs. Servers and driver are the
 * faster the more of them is compiled, and what is measured before that is a matter of the moment at which it was.
 */
export function warmUpTrend(pairs: readonly PairFigures[]): number | null {
  const count = Math.floor(pairs.length * QUARTER)
  if (count < LEAST_PAIRS) return null
  const [first, last] = [meanLn(pairs.slice(0, count)), meanLn(pairs.slice(-count))]
  return first === null || last === null ? null : Math.round(Math.exp(first - last) * 1e4) / 1e4
}

function meanLn(pairs: readonly PairFigures[]): number | null {
  const known = pairs.flatMap(({ slices }) => SIDES.flatMap((side) => slices[side].p50 ?? [])).filter((p50) => p50 > 0)
  return known.length === 0 ? null : known.reduce((sum, p50) => sum + Math.log(p50), 0) / known.length
}

/** The round as it was measured, invalid if a label was still warming up in it and in the rounds before it. `before`: in the order in which they were measured. */
export function withWarmUp(round: GateRound, before: readonly GateRound[]): GateRound {
  const latest = [...before.slice(1 - ROUNDS), round]
  if (latest.length < ROUNDS) return round
  const reasons = Object.keys(round.first).flatMap((label) => {
    const trends = latest.map(({ covariates }) => covariates[`${label}.warmUpTrend`] ?? 0)
    const least = Math.min(...trends)
    if (!(least > GATE_LIMITS.round.warmUpTrend)) return []
    const message = `${label}: p50 was ${least.toFixed(1)} times as high at the start as at the end, in ${ROUNDS} rounds in a row: it needs a longer warm-up (phases.warmup)`
    return [{ code: 'WARMING_UP', message, evidence: { trend: least } }]
  })
  if (reasons.length === 0) return round
  const earlier = round.validity.status === 'invalid' ? round.validity.reasons : []
  return { ...round, validity: { status: 'invalid', reasons: [...earlier, ...reasons] } }
}
