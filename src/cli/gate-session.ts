import { randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type AskedMeasurement, abRounds, beginAb } from '../gate/ab.js'
import { filesOf } from '../gate/files.js'
import { type GateBegun, type GateOutcome, runGate } from '../gate/gate.js'
import { findSide, storedCandidate } from '../gate/sides.js'
import { beginStored, storedRounds, storedSide, storedTrials } from '../gate/stored.js'
import { unfitFor } from '../gate/stored-runs.js'
import { systemClock, wallClockUs } from '../measure/clock.js'
import { FeedbenchError } from '../model/errors.js'
import type { GateMeasurement, GateResult, GateRound, Side } from '../model/gate.js'
import type { FleetDescription } from '../model/placement.js'
import type { Environment } from '../model/result.js'
import { findBaseline } from '../results/baselines.js'
import { describeEnvironment, feedbenchVersion } from '../results/environment.js'
import { differences, knownKey } from '../results/environment-key.js'
import { createGateFolder, type GateFolder, openGateFolder } from '../results/gate-folder.js'
import { LocalFleet } from '../runner/local-fleet.js'
import { placeTrial } from '../runner/placement.js'
import { type LoadedScenario, loadScenario } from '../scenario/load.js'
import { scenarioFile } from '../scenario/shipped.js'
import { type GateProgress, gateProgress } from './gate-progress.js'
import type { PROGRESS_STYLES } from './live-progress.js'
import type { Output } from './terminal.js'

/** Where gates go that were given no folder: below the folder that the user is in. */
const GATES_FOLDER = 'results/gates'

/** What was asked for on the command line. */
export interface GateRequest {
  scenario?: string
  baseline?: string
  candidate?: string
  against?: string
  transports?: string
  clients?: string
  seed?: string
  allowRemote?: boolean
  out?: string
  resume?: string
  progress?: (typeof PROGRESS_STYLES)[number]
}

/** All that both forms of a gate need. */
interface Prepared {
  request: GateRequest
  asked: AskedMeasurement
  resumed: GateResult | null
  scenario: LoadedScenario
  seed: number
  fleet: LocalFleet
  description: FleetDescription
  context: { feedbench: { version: string }; environment: Environment }
  signal: AbortSignal
}

/** A gate before its first round, and how a round of it is measured once it is known what has been measured already. */
interface Form {
  fresh: GateBegun
  rounds(begun: GateBegun, onPhase: GateProgress['onPhase']): (round: number) => Promise<GateRound>
}

/** Begins a gate or goes on with one, and resolves when it is decided or cannot go on. */
export async function conductGate(
  request: GateRequest,
  signal: AbortSignal,
  stderr: Output,
): Promise<{ outcome: GateOutcome; folder: GateFolder }> {
  refuseUnheard(request)
  const opened = request.resume === undefined ? null : await openGateFolder(request.resume)
  const prepared = await prepare(request, opened?.result ?? null, signal)
  const { scenario, fleet, resumed } = prepared
  if (resumed?.form === 'stored' && request.baseline !== undefined)
    throw usage('a gate against a stored baseline to go on with it', 'baseline')
  const isStored = (resumed?.form ?? (request.against === undefined ? 'ab' : 'stored')) === 'stored'
  const { fresh, rounds } = isStored ? await stored(prepared) : await ab(prepared)
  const begun = resumed === null ? fresh : goOn(resumed, fresh, request.resume as string)
  const folder = opened?.folder ?? (await createGateFolder(request.out ?? null, scenario.name, wallClockUs(), GATES_FOLDER))
  const progress = gateProgress(begun, scenario, stderr, request.progress)
  try {
    const measure = rounds(begun, progress.onPhase)
    const outcome = await runGate({ begun, folder, measure, onRound: progress.onRound, signal, abort: () => fleet.abort() })
    return { outcome, folder }
  } finally {
    progress.end()
  }
}

async function prepare(request: GateRequest, resumed: GateResult | null, signal: AbortSignal): Promise<Prepared> {
  const isStored = resumed?.form === 'stored' || request.against !== undefined
  const asked = askedOf(request, resumed)
  const { transports, clients } = asked.overrides
  const { seed, allowRemote } = request
  const overrides = { transports: transports ?? undefined, clients: clients ?? undefined, seed, allowRemote }
  const scenario = await loadScenario(scenarioFile(asked.scenario), overrides, { forGate: isStored ? 'runs' : 'slices' })
  const fleet = new LocalFleet()
  const description = await fleet.describe()
  const { cpuPlacement } = placeTrial((isStored ? 1 : 2) * scenario.clients, description, scenario.pin)
  return {
    request,
    asked: { ...asked, files: await filesOf(scenario) },
    resumed,
    scenario,
    seed: scenario.seed ?? resumed?.seed ?? randomInt(2 ** 32),
    fleet,
    description,
    context: { feedbench: { version: await feedbenchVersion() }, environment: await describeEnvironment(cpuPlacement) },
    signal,
  }
}

async function ab({ request, asked, resumed, scenario, seed, context, ...parts }: Prepared): Promise<Form> {
  const what = (side: Side) => required(request[side] ?? resumed?.sides[side].what, `--${side}`)
  const find = (side: Side) => findSide(side, what(side), scenario.target)
  const sides = { baseline: await find('baseline'), candidate: await find('candidate') }
  return {
    fresh: beginAb(scenario, asked, seed, sides, context),
    rounds: (begun, onPhase) => abRounds({ ...parts, scenario, sides, clock: systemClock, host: '127.0.0.1', onPhase }, begun),
  }
}

async function stored({ request, asked, resumed, scenario, seed, context, ...parts }: Prepared): Promise<Form> {
  const against = required(request.against ?? resumed?.sides.baseline.what, '--against')
  const { path, baseline } = await findBaseline(against, context.environment)
  if (baseline.scenario.sha256 !== scenario.sha256)
    throw new FeedbenchError({
      code: 'E_BASELINE',
      where: path,
      message: `expected a baseline of this scenario, but its ${baseline.scenario.name} was another text`,
      hint: 'save a new baseline of the scenario as it is now',
    })
  const unfit = unfitFor(baseline, storedTrials(scenario, parts.description), scenario.gate.rules)
  if (unfit.length > 0)
    throw new FeedbenchError({
      code: 'E_BASELINE',
      where: path,
      message: `expected a baseline of what this gate measures, but it has: ${unfit.join('; ')}`,
      hint: 'run the gate with the options that the run of the baseline had, such as --clients, or save a new baseline',
    })
  const candidate = await storedCandidate(request.candidate ?? resumed?.sides.candidate.what, scenario.target, context)
  const sides = { baseline: storedSide(path, baseline), candidate: candidate.side }
  return {
    fresh: beginStored(scenario, asked, seed, sides, baseline, context),
    rounds: (begun, onPhase) =>
      storedRounds({ ...parts, scenario, baseline, ...candidate, clock: systemClock, host: '127.0.0.1', onPhase }, begun),
  }
}

/**
 * What would be read and then make no difference.
 * @internal for its test
 */
export function refuseUnheard({ resume, out, against, baseline }: GateRequest): void {
  if (resume !== undefined && out !== undefined) throw usage('--resume alone, since a gate goes on in its own folder', 'out')
  if (resume !== undefined && against !== undefined) throw usage('--resume alone, since a gate knows its baseline', 'against')
  if (against !== undefined && baseline !== undefined) throw usage('either --against or --baseline', 'baseline')
}

/** A gate that goes on knows what was asked for when it began. */
function askedOf(options: GateRequest, resumed: GateResult | null): Pick<GateMeasurement, 'scenario' | 'overrides'> {
  const before = resumed?.measurement
  return {
    scenario: required(options.scenario ?? before?.scenario, 'a scenario, such as gate'),
    overrides: {
      transports: options.transports ?? before?.overrides.transports ?? null,
      clients: options.clients ?? before?.overrides.clients ?? null,
    },
  }
}

/** The rounds that there are, and those to come, have to be of the same gate. */
function goOn(before: GateResult, fresh: GateBegun, path: string): GateBegun {
  const { verdict: _old, ...begun } = before
  const parts = ['form', 'scenario', 'measurement', 'seed', 'rules', 'sides', 'feedbench'] as const
  const differ = [
    ...parts.filter(
      (part) => !isDeepStrictEqual(JSON.parse(JSON.stringify(before[part])), JSON.parse(JSON.stringify(fresh[part]))),
    ),
    // Against a stored baseline it is part of the measurement: there it is inconclusive.
    ...(before.form === 'ab' && isElsewhere(before, fresh) ? ['environment'] : []),
  ]
  if (differ.length === 0) return begun
  throw new FeedbenchError({
    code: 'E_GATE_RESUME',
    where: path,
    message: `expected the gate that was begun there, but ${differ.join(', ')} ${differ.length === 1 ? 'is' : 'are'} not the same`,
    hint: 'begin another gate with --out: rounds of different gates do not add up',
  })
}

function isElsewhere(before: Pick<GateResult, 'environment'>, fresh: Pick<GateResult, 'environment'>): boolean {
  const [was, is] = [before, fresh].map(({ environment }) => knownKey(environment))
  return was == null || is == null || differences(was, is).length > 0
}

function required(value: string | undefined, what: string): string {
  if (value !== undefined && value !== '') return value
  throw usage(`${what}, got nothing`, null)
}

export function usage(expected: string, name: string | null): FeedbenchError {
  return new FeedbenchError({
    code: 'E_USAGE',
    where: 'command line',
    message: `expected ${expected}${name === null ? '' : `, got ${name} too`}`,
    hint: 'feedbench gate --help has all options, with examples',
  })
}
