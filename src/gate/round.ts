import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { seededRandom } from '../feed/random.js'
import { wallClockText } from '../measure/clock.js'
import type { GateRound, Side } from '../model/gate.js'
import { SIDES } from '../model/pair.js'
import type { TrialPhase } from '../model/phase.js'
import type { PlannedTrial, TraceContent } from '../model/plan.js'
import { deriveSeed } from '../scenario/seeds.js'
import { type LabelFigures, labelFigures } from './evidence.js'
import { layoutOf } from './layout.js'
import { measurePair, type PairSurroundings } from './pair-run.js'
import { checkLabel, type RoundReason } from './round-checks.js'
import { ledgersOf, valuesOf } from './round-values.js'
import { warmUpTrend } from './warm-up.js'

/** One round with nothing left to decide. */
export interface RoundPlan {
  /** From 1. */
  round: number
  seed: number
  /** One a label, in the order in which they are measured. */
  trials: PlannedTrial[]
  /** By SHA-256. */
  traces: ReadonlyMap<string, TraceContent>
  sliceUs: number
  perSideUs: number
}

export interface RoundSurroundings extends Omit<PairSurroundings, 'onPhase'> {
  /** What each side serves at this moment; `null` where it cannot be told. */
  builds(): Promise<Record<Side, string | null>>
  /** What each side served when the gate began. */
  began: Record<Side, string | null>
  onPhase(trial: PlannedTrial, phase: TrialPhase, endsInUs: number): void
}

/** Measures every label once on both sides, one label after another. */
export async function measureRound(plan: RoundPlan, around: RoundSurroundings): Promise<GateRound> {
  const startedAt = wallClockText()
  const now = await around.builds()
  const changed = SIDES.flatMap((side) => buildReasons(side, around.began[side], now[side]))
  const first: Record<string, Side> = {}
  const figures: LabelFigures[] = []
  // Rounds of a build that changed are not of this gate, whatever they would say.
  for (const planned of changed.length > 0 ? [] : plan.trials) {
    around.signal.throwIfAborted()
    const leading = firstSide(deriveSeed(plan.seed, 'first', planned.label))
    first[planned.label] = leading
    const trace = planned.feed.trace === null ? null : (plan.traces.get(planned.feed.trace.sha256) ?? null)
    const shards = await measurePair(
      { planned, trace, layout: layoutOf(plan, planned), first: leading },
      { ...around, onPhase: (phase, endsInUs) => around.onPhase(planned, phase, endsInUs) },
    )
    const label = labelFigures(shards)
    figures.push(label)
    // The round is to be measured again whatever the other labels say.
    if (checkLabel(label).invalid.length > 0) break
  }
  return roundOf({ round: plan.round, seed: plan.seed, first, startedAt }, figures, changed)
}

type Begun = Pick<GateRound, 'round' | 'seed' | 'first' | 'startedAt'>

/**
 * What a round comes to. Pure.
 * @internal for its test
 */
export function roundOf(begun: Begun, figures: readonly LabelFigures[], others: readonly RoundReason[]): GateRound {
  const checks = figures.map((label) => ({ label, ...checkLabel(label) }))
  const invalid = [...others, ...checks.flatMap((check) => check.invalid)]
  const degraded = checks.flatMap((check) => check.degraded)
  return {
    ...begun,
    validity: {
      status: invalid.length > 0 ? 'invalid' : degraded.length > 0 ? 'degraded' : 'valid',
      reasons: invalid.length > 0 ? invalid : degraded,
    },
    values: checks.flatMap(({ label, kept }) => valuesOf(label, kept)),
    ledgers: figures.flatMap(ledgersOf),
    covariates: Object.assign({}, ...figures.map(covariatesOf)) as GateRound['covariates'],
  }
}

/** By label, so that whoever doubts a round sees what the machine was like. */
function covariatesOf(label: LabelFigures): GateRound['covariates'] {
  const { machine, utilization, publisherUtilization, lagP90Us, timeP90Us } = label
  const figures = {
    cpuOthersShare: machine?.cpuOthersShare ?? null,
    stealShare: machine?.stealShare ?? null,
    longestPauseUs: machine?.pauseUs ?? null,
    driverUtilization: rounded(utilization),
    publisherUtilization: rounded(publisherUtilization),
    driverLagP90Us: lagP90Us,
    latencyP90Us: timeP90Us,
    warmUpTrend: warmUpTrend(label.pairs),
  }
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${label.label}.${name}`, value]))
}

function rounded(share: number | null): number | null {
  return share === null ? null : Math.round(share * 1e4) / 1e4
}

/** Of what a side served when the gate began, and serves now; `null`: it cannot be told. */
export function buildReasons(side: Side, began: string | null, now: string | null): RoundReason[] {
  if (began === now) return []
  const message = `the ${side} is not what it was when the gate began`
  return [{ code: 'BUILD_CHANGED', message, evidence: { side, began, now } }]
}

function firstSide(seed: number): Side {
  return uniformInt(seededRandom(seed), 0, 1) === 0 ? 'baseline' : 'candidate'
}
