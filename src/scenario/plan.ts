import type { CpuPlacement, FleetDescription, Placement } from '../model/placement.js'
import type { Load, Plan, PlannedPublisher, PlannedTransport, PlannedTrial, TraceContent } from '../model/plan.js'
import type { ScenarioTarget } from '../model/scenario.js'
import type { PlannedTarget, TargetSurface } from '../model/target.js'
import type { LoadPoint } from './matrix.js'
import type { LoadedScenario } from './read.js'
import { deriveSeed, shuffled } from './seeds.js'
import { isLoopback } from './target-host.js'
import { plannedNetwork, tierOf } from './tier.js'

/** Decides where so many clients run; throws a FeedbenchError where the fleet's limits do not suffice. */
export type Place = (
  clients: number,
  fleet: FleetDescription,
  pin: boolean,
  hasLink?: boolean,
) => { placement: Placement; cpuPlacement: CpuPlacement }

/** The scenario with nothing left to decide. Pure: the same arguments make the same plan. `seed` counts where the scenario has none. */
export function makePlan(
  scenario: LoadedScenario,
  fleet: FleetDescription,
  place: Place,
  { seed: drawnSeed }: { seed: number },
): Plan {
  const seed = scenario.seed ?? drawnSeed
  const cells = scenario.loadPoints.flatMap((point, pointIndex) =>
    scenario.labels.map((label, transportIndex) => ({ point, pointIndex, label, transportIndex })),
  )
  const placements = scenario.loadPoints.map(({ scenario: { clients, pin, network } }) =>
    place(clients, reaching(fleet, scenario.target), pin, network !== null && tierOf(network).tier === 'relay'),
  )
  const trials: PlannedTrial[] = []
  let order = cells
  for (let round = 1; round <= scenario.rounds; round++) {
    // Whatever drifts slowly through a pair of rounds then weighs on all alike.
    order = round % 2 === 1 ? shuffled(cells, deriveSeed(seed, 'order', round)) : order.toReversed()
    for (const { point, pointIndex, label, transportIndex } of order) {
      const transport = plannedTransport(point, transportIndex, label)
      const { placement } = placements[pointIndex] as (typeof placements)[number]
      const seeds = {
        feed: deriveSeed(seed, 'feed', round, pointIndex),
        client: deriveSeed(seed, 'client', round, pointIndex, label),
        slowReaders: deriveSeed(seed, 'slow readers', round, pointIndex),
      }
      trials.push({
        index: trials.length,
        round,
        ...transport,
        ...conditions(point, seeds, transport, fleet),
        placement,
      })
    }
  }
  const base: LoadPoint = { load: { clients: 0, ratePerSec: 0, payloadBytes: 0 }, scenario, trace: null }
  return {
    planVersion: 2,
    scenario: { name: scenario.name, description: scenario.description, file: scenario.file, sha256: scenario.sha256 },
    seed,
    rounds: scenario.rounds,
    transports: scenario.labels.map((label, index) => plannedTransport(base, index, label)),
    loadPoints: scenario.loadPoints.map(({ load }): Load => ({ ...load })),
    thresholds: [...scenario.thresholds],
    published: scenario.published,
    trials,
    cpuPlacement: (placements.find(({ cpuPlacement }) => cpuPlacement.mode === 'shared') ?? placements[0])?.cpuPlacement ?? {
      mode: 'shared',
      reason: 'nothing to place',
    },
  }
}

/** The content of each trace that a plan names, by its SHA-256: too long for the plan, it is sent beside it. */
export function traceContents(scenario: LoadedScenario): Map<string, TraceContent> {
  return new Map(
    scenario.loadPoints.flatMap(({ trace }) => (trace === null ? [] : [[trace.spec.sha256, trace.content] as const])),
  )
}

function plannedTransport({ scenario }: LoadPoint, index: number, label: string): PlannedTransport {
  const transport = scenario.transports[index]
  if (transport === undefined) throw new Error(`no transport of the scenario belongs to ${label}`)
  return { transport: transport.transport, label, module: transport.module, options: { ...transport.options } }
}

type Conditions = Pick<
  PlannedTrial,
  | 'load'
  | 'feed'
  | 'phases'
  | 'windows'
  | 'connect'
  | 'slowReaders'
  | 'clientSeed'
  | 'requestHeaders'
  | 'publisher'
  | 'network'
  | 'target'
  | 'codec'
>

interface Seeds {
  feed: number
  client: number
  slowReaders: number
}

function conditions(
  { load, scenario, trace }: LoadPoint,
  seeds: Seeds,
  { transport }: PlannedTransport,
  fleet: FleetDescription,
): Conditions {
  const { feed, phases, connect, slowReaders, headers, network } = scenario
  return {
    load: { ...load },
    feed: {
      ...feed,
      trace: feed.trace === null || trace === null ? null : { ...feed.trace, ...trace.spec, file: trace.name },
      seed: seeds.feed,
    },
    phases: { ...phases },
    windows: [{ startOffsetUs: phases.warmupUs, endOffsetUs: phases.warmupUs + phases.measureUs, side: null, tag: null }],
    connect: { ...connect },
    slowReaders: slowReaders === null ? null : { ...slowReaders, seed: seeds.slowReaders },
    clientSeed: seeds.client,
    requestHeaders: headers,
    publisher: plannedPublisher(scenario.target),
    network: network === null ? null : plannedNetwork(network, fleet),
    target: plannedTarget(scenario.target, transport),
    codec: scenario.codec,
  }
}

/** Addresses of loopback lead to no other machine: the kernel chooses the one that does. */
function reaching(fleet: FleetDescription, target: ScenarioTarget | null): FleetDescription {
  return target === null || isLoopback(target.host) ? fleet : { ...fleet, addresses: fleet.addresses.slice(0, 1) }
}

function plannedPublisher(target: ScenarioTarget | null): PlannedPublisher {
  if (target === null) return { place: 'server', outlet: 'log append' }
  if (target.publish === null) return { place: 'server', outlet: 'its own' }
  return { place: 'process', outlet: target.publish.kind === 'post' ? target.publish.method : 'WebSocket' }
}

/** A plug-in that the target's paths do not name knows where to go by itself. */
function plannedTarget(target: ScenarioTarget | null, transport: string): PlannedTarget | null {
  if (target === null) return null
  const { surfaces, ...planned } = target
  const bare: TargetSurface = { path: '/', cursor: null, poll: null, events: null, protocol: null, send: null }
  return { ...planned, surface: surfaces[transport] ?? bare }
}
