import type { StoredBaseline, StoredRun } from '../model/baseline.js'
import { COMPARED_METRICS, type ComparedMetric, type GateRules } from '../model/gate.js'
import type { PlannedTrial } from '../model/plan.js'
import type { Result } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { median } from './round-values.js'

/** The figures of whole runs: one for each round of a result whose trials are all valid or degraded. */
export function runsOf({ plan, trials }: Pick<Result, 'plan' | 'trials'>): StoredRun[] {
  return Array.from({ length: plan.rounds }, (_, index) => trials.filter(({ round }) => round === index + 1))
    .filter((round) => round.length === plan.transports.length)
    .filter((round) => round.every(({ verdict }) => verdict.status !== 'invalid'))
    .map(storedRun)
}

export function storedRun(trials: readonly Trial[]): StoredRun {
  const inOrder = [...trials].sort((a, b) => (a.label < b.label ? -1 : 1))
  return {
    values: inOrder.flatMap((trial) =>
      COMPARED_METRICS.map((metric) => ({ label: trial.label, metric, value: FIGURES[metric](trial) })),
    ),
    ledgers: inOrder.map(({ label, messages, publisher, load }) => {
      const { expected, delivered, missing, superseded, duplicates, reordered } = messages
      const counts = { label, expected, delivered, missing, superseded, duplicates, reordered }
      const unconfirmed = publisher.posts?.unconfirmed ?? 0
      return unconfirmed === 0 ? counts : { ...counts, unconfirmed: unconfirmed * load.clients }
    }),
  }
}

const FIGURES: Record<ComparedMetric, (trial: Trial) => number | null> = {
  'latencyUs.p50': ({ latencyUs }) => latencyUs.p50,
  'latencyUs.p90': ({ latencyUs }) => latencyUs.p90,
  // Of the seconds of the window, in the middle: that of all of them together is the worst second's.
  'latencyUs.windowedP99': ({ series }) => median(series.flatMap(({ latencyUs }) => latencyUs.p99 ?? [])),
  'bytes.perMessage': ({ bytes }) => bytes.perMessage,
  'server.cpuUsPerMessage': ({ server }) => server.cpuUsPerMessage,
}

/** Of a trial, what the command line may set instead of its scenario, or lies in another file. */
export function measuredOf({ load, phases, feed }: Pick<PlannedTrial, 'load' | 'phases' | 'feed'>): StoredBaseline['measured'] {
  return { ...load, ...phases, traceSha256: feed.trace?.sha256 ?? null }
}

/** Why nothing follows from holding such trials against a baseline, in words; none where something does. */
export function unfitFor(
  baseline: Pick<StoredBaseline, 'measured' | 'runs'>,
  trials: readonly Pick<PlannedTrial, 'label' | 'load' | 'phases' | 'feed'>[],
  { looks }: Pick<GateRules, 'looks'>,
): string[] {
  const has = new Set(baseline.runs.flatMap(({ values }) => values.map(({ label }) => label)))
  const [now, most] = [trials[0] === undefined ? {} : measuredOf(trials[0]), looks.at(-1) ?? 0]
  const parts = [...new Set([...Object.keys(baseline.measured), ...Object.keys(now)])]
  return [
    ...parts.flatMap((part) => {
      const [was, is] = [baseline.measured[part], now[part]]
      return was === is ? [] : [`${part} ${was}, here ${is}`]
    }),
    ...trials.flatMap(({ label }) => (has.has(label) ? [] : [`no figures of ${label}`])),
    // One that stood beside two of the candidate's would count as two.
    ...(baseline.runs.length < most ? [`${baseline.runs.length} runs, for a last look after ${most}`] : []),
  ]
}
