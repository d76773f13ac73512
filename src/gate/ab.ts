import type { Clock } from '../measure/clock.js'
import type { GateMeasurement, GateResult, GateRound, GateSide, Side } from '../model/gate.js'
import type { TrialPhase } from '../model/phase.js'
import type { FleetDescription } from '../model/placement.js'
import type { PlannedTrial } from '../model/plan.js'
import type { Fleet } from '../runner/fleet.js'
import { placeTrial } from '../runner/placement.js'
import { type LoadedScenario, makePlan, type Place, traceContents } from '../scenario/load.js'
import { deriveSeed } from '../scenario/seeds.js'
import type { GateBegun } from './gate.js'
import { GATE_LIMITS } from './limits.js'
import { measureRound } from './round.js'
import type { SideSource } from './sides.js'

export interface AbParts {
  scenario: LoadedScenario
  sides: Record<Side, SideSource>
  fleet: Fleet
  description: FleetDescription
  clock: Clock
  host: string
  signal: AbortSignal
  onPhase(trial: PlannedTrial, phase: TrialPhase, endsInUs: number): void
}

/** Both sides have as many clients: the limits of the machine are those of twice as many. */
const placeBoth: Place = (clients, fleet, pin) => placeTrial(2 * clients, fleet, pin)

/** What a measurement was asked for by, and of what files it is. */
export type AskedMeasurement = Pick<GateMeasurement, 'scenario' | 'overrides' | 'files'>

/** What a gate of these two sides is before its first round. `asked`: on the command line. */
export function beginAb(
  { name, sha256, gate, labels }: LoadedScenario,
  asked: AskedMeasurement,
  seed: number,
  sides: Record<Side, SideSource>,
  context: Pick<GateResult, 'feedbench' | 'environment'>,
): GateBegun {
  const { sliceUs, perSideUs, rules } = gate
  return {
    schemaVersion: 1,
    ...context,
    form: 'ab',
    layout: 'slices',
    scenario: { name, sha256 },
    seed,
    sides: { baseline: sideOf(sides.baseline), candidate: sideOf(sides.candidate) },
    rules,
    measurement: { ...asked, labels: [...labels], slices: { sliceUs, perSideUs }, limits: GATE_LIMITS },
    rounds: [],
  }
}

function sideOf({ what, build, revision }: SideSource): GateSide {
  return { what, build, revision }
}

/** Measures a round of a gate that has begun, from 1. */
export function abRounds(parts: AbParts, { seed, sides: began }: GateBegun): (round: number) => Promise<GateRound> {
  const { scenario, sides, description } = parts
  const traces = traceContents(scenario)
  const builds = async () => ({
    baseline: await sides.baseline.currentBuild(),
    candidate: await sides.candidate.currentBuild(),
  })
  return (round) => {
    const roundSeed = deriveSeed(seed, 'round', round)
    // Order, publish times and poll phases of each round are drawn anew.
    const { trials } = makePlan({ ...scenario, seed: roundSeed, rounds: 1 }, description, placeBoth, { seed: roundSeed })
    const { sliceUs, perSideUs } = scenario.gate
    return measureRound(
      { round, seed: roundSeed, trials: trials.map((trial) => ({ ...trial, round })), traces, sliceUs, perSideUs },
      {
        ...parts,
        launch: { baseline: sides.baseline.launch, candidate: sides.candidate.launch },
        builds,
        began: { baseline: began.baseline.build, candidate: began.candidate.build },
      },
    )
  }
}
