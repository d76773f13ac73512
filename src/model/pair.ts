import type { Side } from './gate.js'
import type { FeedSlice, FeedSpec, HeaderProfile, TraceContent } from './plan.js'
import type { LedgerShard, Usage } from './shard.js'
import type { PlannedCodec, TargetSurface } from './target.js'
import type { TrialWindow } from './trial.js'

/** What a driver with clients of both sides of a gate is told, and what it hands in: all of it JSON. */

export const SIDES = ['baseline', 'candidate'] as const satisfies readonly Side[]

export interface PairDriverSpec {
  /** As in the process title, from 1. */
  driver: number
  /** Of each side's clients, this one has those with index modulo `drivers` = `driver` - 1. */
  drivers: number
  /** Of each side, over all drivers. */
  totalClients: number
  transport: { module: string; options: Record<string, unknown> }
  /** What it looks like at servers of the user's own. Absent: as at feedbench's. */
  surface?: TargetSurface
  codec: PlannedCodec
  feed: FeedSpec
  trace: TraceContent | null
  headers: HeaderProfile['headers']
  clientSeed: number
  sourceAddresses: string[]
  /**
   * Whether times are taken from the later of the intended publish and the poll that brought the message, which takes the polling interval out of them. It is
   * when the poll was sent that counts: how late the driver's own timers were is the same on both sides, and would dilute what the servers differ by.
   */
  countsExcess: boolean
}

export interface PairConnectRequest {
  sides: Record<Side, SideTarget>
  /** Of this driver's clients of both sides. */
  ratePerSec: number
  timeoutUs: number
}

export interface SideTarget {
  host: string
  port: number
  /** Of absolute periods such as poll ticks: as far from the side's turns as the other's is from its own. */
  epochUs: number
}

/** When the feeds start, and which slices count. */
export interface PairTimes {
  epochUs: number
  /** In which each side's feed runs. */
  turns: Record<Side, FeedSlice[]>
  /** Those that count, of both sides in the order of time; `side` is a `Side`. */
  slices: TrialWindow[]
}

export interface PairDriverShard {
  driver: number
  sides: Record<Side, SideShard>
  /** Of the driver itself, one for each slice in the order of time. */
  loops: LoopShare[]
  /** From the start of the first slice to the end of the last. */
  usage: Usage
}

export interface LoopShare {
  /** Of the event loop, 0 to 1; `null` where the driver had no chance to look at it. */
  utilization: number | null
  /** For how long the process did not run. */
  frozenUs: number
}

export interface SideShard {
  ledger: LedgerShard
  /** In the order of time. */
  slices: SliceShard[]
  /** From the start of the first slice to the end of the last, of either side. */
  bytes: { payload: number; received: number; sent: number; deliveries: number }
  connections: { opened: number; lost: number; exhausted: number; foreign: number; lastError: string | null }
}

/** Deliveries of the messages of a slice, but for those of its first moment. Histograms are HDR V2, base64. */
export interface SliceShard {
  /** Received less intended; where the excess counts, less the poll if that is later. */
  timeUs: string
  lagUs: string
  negatives: number
}
