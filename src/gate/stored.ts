import { createHash } from 'node:crypto'
import { lossesOf } from '../analysis/gate/ledgers.js'
import { wallClockText } from '../measure/clock.js'
import type { StoredBaseline } from '../model/baseline.js'
import type { GateResult, GateRound, GateSide, RoundValue } from '../model/gate.js'
import type { PlannedTrial } from '../model/plan.js'
import type { Environment } from '../model/result.js'
import type { TargetProcess } from '../model/target.js'
import type { Trial } from '../model/trial.js'
import { differences, environmentKey } from '../results/environment-key.js'
import { placeTrial } from '../runner/placement.js'
import { runTrial } from '../runner/trial.js'
import { type LoadedScenario, makePlan, traceContents } from '../scenario/load.js'
import { deriveSeed } from '../scenario/seeds.js'
import type { AbParts, AskedMeasurement } from './ab.js'
import type { GateBegun } from './gate.js'
import { buildReasons } from './round.js'
import { type RoundReason, unconfirmedReasons } from './round-checks.js'
import type { CurrentBuild } from './sides.js'
import { storedRun } from './stored-runs.js'

/** What a gate against a stored baseline is before its first run. */
export function beginStored(
  { name, sha256, gate, labels, transports }: LoadedScenario,
  asked: AskedMeasurement,
  seed: number,
  sides: GateResult['sides'],
  baseline: StoredBaseline,
  context: { feedbench: { version: string }; environment: Environment },
): GateBegun {
  const differs = differences(baseline.environment, environmentKey(context.environment))
  const used = baseline.runs.slice(0, gate.rules.looks.at(-1))
  const aside = {
    differs,
    baselineLosses: lossesOf(used.flatMap(({ ledgers }) => ledgers.filter(({ label }) => labels.includes(label)))),
    shownOnly: labels.filter((_, index) => typeof transports[index]?.options.intervalUs === 'number'),
  }
  return {
    schemaVersion: 1,
    ...context,
    form: 'stored',
    layout: 'sequential',
    scenario: { name, sha256 },
    seed,
    sides,
    rules: gate.rules,
    measurement: { ...asked, labels: [...labels], slices: null, limits: {}, ...aside },
    rounds: [],
  }
}

export interface StoredParts
  extends Pick<AbParts, 'scenario' | 'fleet' | 'description' | 'clock' | 'host' | 'signal' | 'onPhase'> {
  baseline: StoredBaseline
  /** Of a target, what the candidate has of its own in place of the scenario's. */
  own: Partial<TargetProcess>
  currentBuild: CurrentBuild
}

/** Measures a run of the candidate, from 1, and puts it beside one of the baseline. */
export function storedRounds(parts: StoredParts, { seed, rounds, sides }: GateBegun): (round: number) => Promise<GateRound> {
  const { scenario, baseline, description, own, onPhase } = parts
  const traces = traceContents(scenario)
  let counted = rounds.filter(({ validity }) => validity.status !== 'invalid').length
  return async (round) => {
    const startedAt = wallClockText()
    const roundSeed = deriveSeed(seed, 'round', round)
    const planned = makePlan({ ...scenario, seed: roundSeed, rounds: 1 }, description, placeTrial, { seed: roundSeed }).trials
    const trials: Trial[] = []
    // Its baseline is a file, read once; only what is measured can change.
    const changed = buildReasons('candidate', sides.candidate.build, await parts.currentBuild())
    for (const trial of changed.length > 0 ? [] : planned) {
      parts.signal.throwIfAborted()
      const trace = trial.feed.trace === null ? null : (traces.get(trial.feed.trace.sha256) ?? null)
      const events = { onPhase: (phase: Parameters<typeof onPhase>[1], us: number) => onPhase(trial, phase, us), onProgress() {} }
      const process = trial.target?.process == null ? null : { ...trial.target.process, ...own }
      const target = trial.target === null ? null : { ...trial.target, process }
      trials.push(await runTrial({ ...trial, round, target }, { ...parts, trace, events }))
    }
    // Runs of the baseline are taken in turn: which of them stands beside which of the candidate's means nothing. One beside a run that does not count is taken again.
    const beside = roundBeside(baseline.runs[counted], trials, { round, seed: roundSeed, startedAt }, changed)
    if (beside.validity.status !== 'invalid') counted++
    return beside
  }
}

/** The trials of a gate's rounds, but for their order and seeds. */
export function storedTrials(scenario: LoadedScenario, description: StoredParts['description']): PlannedTrial[] {
  return makePlan({ ...scenario, rounds: 1 }, description, placeTrial, { seed: 0 }).trials
}

/**
 * What a run and one of the baseline come to. Pure.
 * @internal for its test
 */
export function roundBeside(
  before: StoredBaseline['runs'][number] | undefined,
  trials: readonly Trial[],
  { round, seed, startedAt }: Pick<GateRound, 'round' | 'seed' | 'startedAt'>,
  others: readonly RoundReason[] = [],
): GateRound {
  const { values, ledgers } = storedRun(trials)
  const measured = new Set(ledgers.map(({ label }) => label))
  const unknown = trials.flatMap(({ label, messages: { scheduled }, publisher }) =>
    unconfirmedReasons(label, 'candidate', { scheduled, unconfirmed: publisher.posts?.unconfirmed ?? 0 }),
  )
  const invalid = [...others, ...reasonsOf(trials, 'invalid'), ...unknown]
  const degraded = reasonsOf(trials, 'degraded')
  return {
    round,
    seed,
    first: {},
    startedAt,
    validity: {
      status: invalid.length > 0 ? 'invalid' : degraded.length > 0 ? 'degraded' : 'valid',
      reasons: invalid.length > 0 ? invalid : degraded,
    },
    values: values.map(({ label, metric, value }): RoundValue => {
      const old = before?.values.find((one) => one.label === label && one.metric === metric)?.value ?? null
      const isKnown = old !== null && value !== null && old > 0 && value > 0
      return {
        label,
        metric,
        lnRatio: isKnown ? Math.log(value / old) : null,
        baseline: old,
        candidate: value,
        pairs: 0,
        dropped: 0,
      }
    }),
    ledgers: [
      // A baseline may have transports that this gate leaves out.
      ...(before?.ledgers ?? [])
        .filter(({ label }) => measured.has(label))
        .map((ledger) => ({ ...ledger, side: 'baseline' as const })),
      ...ledgers.map((ledger) => ({ ...ledger, side: 'candidate' as const })),
    ],
    covariates: Object.fromEntries(trials.map(({ label, machine }) => [`${label}.cpuOthersShare`, machine.cpuOthersShare])),
  }
}

/** Of the trials of that status, why they have it. */
function reasonsOf(trials: readonly Trial[], status: 'invalid' | 'degraded'): RoundReason[] {
  return trials
    .filter(({ verdict }) => verdict.status === status)
    .flatMap(({ label, verdict }) =>
      verdict.reasons
        .filter(({ severity }) => severity === status)
        .map(({ code, message, evidence }) => ({ code, message: `${label}: ${message}`, evidence })),
    )
}

/** Its hash, so that a gate that goes on finds the same runs. */
export function storedSide(path: string, baseline: StoredBaseline): GateSide {
  const build = createHash('sha256').update(JSON.stringify(baseline)).digest('hex')
  return { what: path, build, revision: baseline.revision }
}
