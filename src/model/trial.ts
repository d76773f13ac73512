import type { ByteCounts, ConnectionCounts, MessageLedger, RequestCounts } from './counts.js'
import type { LossReport, PlannedNetwork, RelayReport } from './network.js'
import type { ClockDomain, Placement } from './placement.js'
import type { Load } from './plan.js'
import type { Predicted } from './prediction.js'
import type { Verdict } from './verdict.js'

export type { ByteCounts, ConnectionCounts, MessageLedger, RequestCounts }

/** A histogram with its figures. All `null` (and `count` 0) where nothing was recorded. */
export interface Distribution {
  count: number
  min: number | null
  mean: number | null
  p50: number | null
  p90: number | null
  p95: number | null
  p99: number | null
  p999: number | null
  max: number | null
  /** HDR V2, compressed, base64; 1 us to 1 h, 3 significant digits. */
  histogram: string | null
}

/** Of nothing. */
export const EMPTY_DISTRIBUTION: Distribution = {
  count: 0,
  min: null,
  mean: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  p999: null,
  max: null,
  histogram: null,
}

/** A measured part of the trial, in microseconds of the runner's monotonic clock. */
export interface TrialWindow {
  startUs: number
  endUs: number
  side: string | null
  tag: string | null
}

/** What the server paid over the windows. */
export interface ServerCost {
  /** User and system time without the metronome thread. */
  cpuUs: number | null
  cpuUserUs: number | null
  cpuSystemUs: number | null
  /** Of the thread that only waits for the next publish time. */
  metronomeCpuUs: number | null
  /** `cpuUs` per delivery received in the windows. */
  cpuUsPerMessage: number | null
  /** 0 to 1. */
  eventLoopUtilization: number | null
  eventLoopDelayUsP99: number | null
  gcUs: number | null
  /** At the end of the last window. */
  rssBytes: number | null
  /** Connected and no feed, minus before connecting, per client. */
  rssBytesPerConnection: number | null
  /** Streaming transports: socket writes that carried messages, and messages per such write. */
  writes: number | null
  messagesPerWrite: number | null
  /** Messages that had left the log before a client asked for them, summed over clients. */
  evicted: number | null
  /** `null` where the server does not tell. */
  disconnected: Disconnected | null
}

/** Connections that the server ended or did not take, from its start to the end of the drain. */
export interface Disconnected {
  /** Took nothing for 30 s of what waited for them. */
  slow: number
  /** Came when there were as many as the server holds. */
  refused: number
}

/** What a driver (or all of them: sums, and the maximum of utilisation and delays) did over the windows. */
export interface DriverCost {
  cpuUs: number | null
  /** 0 to 1. */
  eventLoopUtilization: number | null
  eventLoopDelayUsP99: number | null
  gcUs: number | null
  rssBytes: number | null
  /** The most that the driver can have added to each delivery's time. */
  lagUs: Distribution
  /** Transit (latency, where there is none) with the lag of each delivery taken off: the least that it can have been. */
  transitLessLagUs: Distribution
  /** Lateness of the heartbeat timer that the loop's own work does not explain: what a message meets that comes at any time. */
  heartbeatLatenessUs: Distribution
  /** Sum of such lateness beyond what timers usually have: time in which the process did not run. */
  frozenUs: number
  /** Deliveries with a negative latency or transit. */
  negatives: number
  /** Clients that could not be opened because the driver itself was out of something. */
  exhausted: number
}

export interface DriverReport extends DriverCost {
  /** As in the process title, from 1. */
  driver: number
  clients: number
  clock: ClockDomain
}

export interface SeriesPoint {
  /** Since the start of the first window. */
  atMs: number
  /** How long the block lasts, the last one to the end of the window; neighbours are merged where there would be over 600. */
  lengthMs: number
  delivered: number
  latencyUs: Pick<Distribution, 'p50' | 'p99' | 'max' | 'histogram'>
  /** Received from the socket in this block of wall time. */
  bytesReceived: number
}

/** What the machine did meanwhile. */
export interface MachineLoad {
  /** Share of the machine's processor time that went to other programs, 0 to 1. */
  cpuOthersShare: number | null
  /** Share that the hypervisor took, 0 to 1. */
  stealShare: number | null
  /** Change of the wall clock against the monotonic one over the windows, in microseconds. */
  wallClockDriftUs: number | null
}

export interface PublisherReport {
  place: 'server' | 'process' | 'client'
  outlet: string
  /** `null` where the server published. */
  posts: PostsReport | null
}

/** What became of the messages that a publisher sent to the server, of those due in the windows, and what that cost the publisher. */
export interface PostsReport {
  /** Answered with a 2xx status, or written to a WebSocket: these are published. */
  accepted: number
  /** Answered otherwise, or not sent because the connection broke. */
  failed: number
  /** Sent and not answered when the trial ended. */
  unconfirmed: number
  /** From sending to the answer; of a WebSocket to when it was written. */
  roundTripUs: Distribution
  lastError: string | null
  cpuUs: number
  /** 0 to 1. */
  eventLoopUtilization: number
}

/** The clients of a trial that read at a given rate only: what became of their messages, and what the server did about them. */
export interface SlowReadersReport {
  clients: number
  /** What each of them was to read at most. */
  bytesPerSec: number
  /** Of their deliveries; those of the others are in the trial's own `latencyUs`. */
  latencyUs: Distribution
  stalenessUs: Distribution
  /** Their part of the ledger, which is of all clients. */
  delivered: number
  missing: number
  superseded: number
  /** Bytes that they read over the windows, all together. */
  receivedBytes: number
  reconnects: number
  /** The most that waited in the server's own process for all connections together and for one; `null` where the server does not look. The kernel has more. */
  serverMaxBufferedBytes: number | null
  serverMaxBufferedBytesPerConnection: number | null
  /** The most that the server had resident meanwhile. */
  serverMaxRssBytes: number | null
  /** Connections that the server ended because nothing was taken of what waited for them; `null` where it does not tell. */
  disconnected: number | null
}

/** The link as a trial had it: what was asked, and what was achieved over the windows. */
export interface NetworkReport extends PlannedNetwork {
  /** From when bytes arrived at the relay to when it had written them on, one value a chunk. */
  toServer: { delayUs: Distribution }
  toClient: { delayUs: Distribution }
  /** What of this was beyond the delay asked for; what was early counts as 0. */
  latenessUs: Distribution
  relays: RelayReport[]
  /** `null` where no link of that tier loses anything. */
  loss: LossReport | null
  /** What a link of this tier does not show. */
  cannotShow: string[]
}

export interface Trial {
  /** Place in the plan's order. */
  index: number
  transport: string
  label: string
  round: number
  load: Load
  windows: TrialWindow[]
  verdict: Verdict
  /** Of all clients; times are of those that read as fast as they can. */
  messages: MessageLedger
  latencyUs: Distribution
  transitUs: Distribution
  publishDelayUs: Distribution
  connectUs: Distribution
  stalenessUs: Distribution
  bytes: ByteCounts
  requests: RequestCounts
  connections: ConnectionCounts
  /** `null` where all clients read as fast as they can. */
  slowReaders: SlowReadersReport | null
  server: ServerCost
  driver: DriverCost
  drivers: DriverReport[]
  series: SeriesPoint[]
  publisher: PublisherReport
  machine: MachineLoad
  placement: Placement
  /** What theory expects, beside what was measured. */
  predicted: Predicted
  /** The emulated link; `null`: clients and server were connected directly. */
  network: NetworkReport | null
  /** ISO 8601, for people; nothing is computed from it. */
  startedAt: string
  /** Why a figure is `null`, by its path: `{"server.rssBytesPerConnection": "..."}`. */
  notMeasured: Record<string, string>
}
