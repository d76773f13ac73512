import { decide } from '../../dist/analysis/gate/verdict.js'
import { noiseOf } from './noise.mjs'

const LABELS = ['polling', 'long-polling', 'sse', 'websocket']

const FIGURES = { 'latencyUs.p50': 2_000, 'latencyUs.p90': 4_000, 'latencyUs.windowedP99': 9_000, 'bytes.perMessage': 240 }

/**
 * The rounds that a gate would measure if it never stopped; what comes after it has decided changes nothing. `effect`: by label and metric, the ln(candidate /
 * baseline) that is there.
 */
export function roundsOf(rules, regime, effect, seed) {
  const metrics = Object.keys(FIGURES).filter((metric) => rules.margins[metric] !== null)
  const noise = noiseOf(regime, LABELS, metrics, seed)
  const most = rules.looks.at(-1)
  return Array.from({ length: most }, (_, index) => roundOf(index + 1, noise(index + 1, most), metrics, effect))
}

function roundOf(round, noise, metrics, effect) {
  const values = LABELS.flatMap((label, row) =>
    metrics.map((metric, column) => {
      const lnRatio = noise[row][column] + (effect[`${label} ${metric}`] ?? 0)
      // The baseline of a round is what it is; only where nothing scatters are both sides the same each time.
      const baseline = FIGURES[metric]
      return { label, metric, lnRatio, baseline, candidate: baseline * Math.exp(lnRatio), pairs: 10, dropped: 0 }
    }),
  )
  const validity = { status: 'valid', reasons: [] }
  return { round, seed: round, first: {}, startedAt: '1970-01-01T00:00:00.000Z', validity, values, ledgers: [], covariates: {} }
}

/** Many gates, each with a seed of its own: how they ended, and after how many rounds. */
export function sessions(rules, regime, effect, count, seed) {
  const ends = { pass: 0, fail: 0, inconclusive: 0, invalid: 0 }
  let rounds = 0
  for (let index = 0; index < count; index++) {
    const verdict = decide(roundsOf(rules, regime, effect, seed + index), rules)
    ends[verdict.status]++
    rounds += verdict.rounds
  }
  return { ...ends, count, meanRounds: rounds / count }
}

/** What may be the matter: nothing, or one transport worse in one metric. */
export const EFFECTS = {
  'the same': {},
  'p50 +10 % on one': { 'websocket latencyUs.p50': Math.log(1.1) },
  'windowed p99 +20 % on one': { 'sse latencyUs.windowedP99': Math.log(1.2) },
  'bytes +1 % on one': { 'websocket bytes.perMessage': Math.log(1.01) },
}
