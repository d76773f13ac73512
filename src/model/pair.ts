import type { Side } from './gate.js'
import type { ClientsSpec } from './member.js'
import type { FeedSlice } from './plan.js'
import type { LedgerShard, Usage } from './shard.js'
import type { TrialWindow } from './trial.js'

/** What a driver with clients of both sides of a gate is told, and what it hands in: all of it JSON. */

export const SIDES = ['baseline', 'candidate'] as const satisfies readonly Side[]

export interface PairDriverSpec extends ClientsSpec {
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
  /** For how long the process did not run in the slice, or between it and its neighbours. */
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
