import type { GateRules } from './gate.js'
import type { PlannedNetwork } from './network.js'
import type { BurstSpec, ConnectSpec, HeaderProfile, Phases } from './plan.js'
import type { Published } from './published.js'
import type { PlannedCodec, PlannedTarget, TargetSurface } from './target.js'

/** A question in a file, read and checked: base units, defaults filled in, matrix not yet expanded. */
export interface Scenario {
  name: string
  description: string | null
  feed: ScenarioFeed
  clients: number
  transports: ScenarioTransport[]
  phases: Phases
  connect: ConnectSpec
  /** `null` where all clients read as fast as they can. `clients` is at least 1. */
  slowReaders: { clients: number; bytesPerSec: number } | null
  rounds: number
  /** `null`: drawn when the plan is made, and recorded in it. */
  seed: number | null
  thresholds: string[]
  headers: HeaderProfile
  /** Whether server and drivers are pinned to cores of their own where that is possible. */
  pin: boolean
  published: Published | null
  /** `null`: clients and server are connected directly. */
  network: ScenarioNetwork | null
  /** `null`: feedbench's own server. */
  target: ScenarioTarget | null
  codec: PlannedCodec
  /** Of the command `gate` alone. */
  gate: ScenarioGate
}

/** As planned, but for the surfaces, of which a trial takes its transport's. */
export interface ScenarioTarget extends Omit<PlannedTarget, 'surface'> {
  /** By the name of a transport. */
  surfaces: Record<string, TargetSurface>
}

/** How two servers are compared in turns. */
export interface ScenarioGate {
  /** How long one side has the load before it is the other's turn. */
  sliceUs: number
  /** All slices of a side together, for each label and round. */
  perSideUs: number
  rules: GateRules
}

export interface ScenarioNetwork extends Omit<PlannedNetwork, 'tier' | 'tierReason'> {
  tier: 'auto' | 'relay' | 'netem'
}

export interface ScenarioFeed {
  arrival: 'periodic' | 'poisson' | 'burst' | 'trace'
  ratePerSec: number
  payloadBytes: number | null
  burst: BurstSpec | null
  /** `file` is absolute here. */
  trace: { file: string; speed: number; loop: boolean } | null
}

export interface ScenarioTransport {
  transport: string
  module: string
  options: Record<string, unknown>
}
