import type { CpuPlacement, FleetDescription } from './placement.js'
import type { Distribution } from './trial.js'
import type { ReasonCode, VerdictStatus } from './verdict.js'

/** `warn`: figures will be worse than they need be, or trials degraded; `problem`: no valid measurement is possible. */
export type CheckStatus = 'ok' | 'warn' | 'problem'

export const CHECK_NAMES = [
  'descriptors',
  'ports',
  'memory',
  'cores',
  'cpu-others',
  'steal',
  'clock',
  'loop-timer',
  'waiting-thread',
  'http-ceiling',
  'links',
  'trials',
] as const

export type CheckName = (typeof CHECK_NAMES)[number]

/** A question to the machine and the answer; its figures are in `measured`. */
export interface Check {
  name: CheckName
  status: CheckStatus
  /** Why it is no `ok`, in words; empty where it is. */
  why: string[]
  /** What to do about it; `null` where nothing needs to be done, or can be. */
  hint: string | null
}

/** What the probes read and measured. */
export interface Measured {
  fleet: FleetDescription
  cpuPlacement: CpuPlacement
  clock: ClockFigures
  timers: { loopUs: Quantiles; waitingThreadUs: Quantiles }
  /** The worst of all that was looked at, shares of the whole machine from 0 to 1; `null` where the system does not tell. */
  others: { cpuOthersShare: number | null; stealShare: number | null }
  /** `null` where no process of a trial can be placed. */
  httpCeiling: HttpCeiling | null
  transports: TransportFigures[]
}

export interface ClockFigures {
  /** Least difference between two readings that differ, in microseconds. */
  resolutionUs: number
  /** What a reading costs, in microseconds. */
  readUs: number
}

export type Quantiles = Pick<Distribution, 'count' | 'p50' | 'p99' | 'max'>

/** Requests for `/poll?after=<newest>`, as autocannon makes and counts them. */
export interface HttpCeiling {
  requestsPerSec: number
  connections: number
  /** Connections that broke, requests without an answer in time, and answers other than 2xx. */
  failed: number
  /** Of the server's event loop meanwhile, 0 to 1; below about 0.9 it is the client that is at its limit. */
  serverUtilization: number | null
}

/** What a transport does on this machine, by two short trials: a few clients for the floor, some hundred for the cost. */
export interface TransportFigures {
  transport: string
  floor: ShortTrial & { transitUs: Quantiles }
  cost: ShortTrial & {
    serverCpuUsPerDelivery: number | null
    driverCpuUsPerDelivery: number | null
    /** `null` with fewer than 1,000 clients. */
    serverRssBytesPerClient: number | null
  }
}

export interface ShortTrial {
  clients: number
  /** Messages a second. */
  ratePerSec: number
  /** Of a transport that polls, in microseconds; `null` for the others. */
  pollIntervalUs: number | null
  verdict: VerdictStatus
  /** Why the verdict is not `valid`. */
  reasons: { code: ReasonCode; message: string }[]
}

/** `read`: a limit of the system, by which `run` refuses a scenario; `predicted`: extrapolated from what a short trial cost. */
export type Basis = 'read' | 'predicted'

/** Something that holds the number of clients, or of deliveries a second, back. */
export interface Limit {
  name: 'descriptors' | 'ports' | 'memory' | 'threads' | 'server-memory' | 'server-cpu' | 'driver-cpu' | 'shared-cpu' | 'scenario'
  most: number
  basis: Basis
}

/** What this machine can carry over one transport; the limits in ascending order, so that the first is the one that binds. */
export interface TransportCapacity {
  transport: string
  /** At one message a second. */
  clients: Limit[]
  /** Empty where the cost of a delivery was not measured. */
  deliveriesPerSec: Limit[]
}

/** All that `doctor` finds out. */
export interface Diagnosis {
  feedbench: { version: string }
  /** Whether nothing makes a valid measurement impossible. */
  canMeasure: boolean
  tookUs: number
  /** Messages a second for which `capacity` counts clients, and the share of a core that it leaves to feedbench. */
  basis: { ratePerSec: number; payloadBytes: number; utilization: number }
  checks: Check[]
  measured: Measured
  capacity: TransportCapacity[]
}
