import type { PlannedNetwork } from './network.js'
import type { FeedSpec, HeaderProfile, PlannedSlowReaders, TraceContent } from './plan.js'
import type { PlannedCodec, PlannedTarget, TargetPublish, TargetSurface } from './target.js'
import type { TrialWindow } from './trial.js'

/** What the members of a trial are told, and the answers they give: all of it JSON. */

export interface ServerSpec {
  /** The transport of the trial, with its options; the others are mounted with their defaults. */
  transport: { module: string; options: Record<string, unknown> }
  feed: FeedSpec
  trace: TraceContent | null
  /** Absent: feedbench's own. */
  codec?: PlannedCodec
  /** Messages come by POST, and the server publishes none by itself. */
  takesPosts?: boolean
  host: string
  /** 0: one that is free. */
  port: number
  /** Connections at once, beyond which others are refused. Absent: as many as the process's descriptors allow, which is what a plan counts on. */
  maxConnections?: number
  /** Whether it is sampled what waits in the process for its clients, which costs a look at each connection. */
  watchesBuffers?: boolean
}

export interface PublisherSpec {
  feed: FeedSpec
  trace: TraceContent | null
  codec: PlannedCodec
  /** Of the server to publish to. */
  target: { host: string; port: number }
  publish: TargetPublish
}

/** For the member that stands for a server of the user's own. */
export interface TargetSpec {
  target: PlannedTarget
  /** Where what it writes is kept; `null`: nowhere. */
  logFile: string | null
}

/** What any kind of driver is told of its clients. */
export interface ClientsSpec {
  /** As in the process title, from 1. */
  driver: number
  /** Of the clients over all drivers (of each side, in a gate), this one has those with index modulo `drivers` = `driver` - 1. */
  drivers: number
  /** Over all drivers; in a gate of each side. */
  totalClients: number
  transport: { module: string; options: Record<string, unknown> }
  /** What it looks like at a server of the user's own. Absent: as at feedbench's. */
  surface?: TargetSurface
  codec: PlannedCodec
  feed: FeedSpec
  trace: TraceContent | null
  headers: HeaderProfile['headers']
  clientSeed: number
  sourceAddresses: string[]
}

export interface DriverSpec extends Omit<ClientsSpec, 'codec'> {
  /** Absent: feedbench's own. */
  codec?: PlannedCodec
  /** The server publishes by itself: what there is to receive is what is seen. */
  isObserved?: boolean
  /** Of the clients over all drivers. */
  slowReaders: PlannedSlowReaders | null
}

export interface RelaySpec {
  /** As in the process title, from 1. */
  relay: number
  host: string
  /** Of the server. */
  target: { host: string; port: number }
  /** Towards the server, used in turn; none: the kernel chooses. */
  sourceAddresses: string[]
  network: PlannedNetwork
  /** Of jitter, and of which connections an event is for. */
  seed: number
}

/** For the process that watches a link of the kernel's from within. */
export interface LinkProbeSpec {
  host: string
  network: PlannedNetwork
}

export interface ConnectRequest {
  host: string
  port: number
  /** Where several relays stand before the server, their ports, to be used in turn. Absent: `port` alone. */
  relayPorts?: number[]
  /** Of absolute periods such as poll ticks: the same for all drivers. */
  epochUs: number
  /** Of this driver's clients. */
  ratePerSec: number
  timeoutUs: number
}

/** Tells publisher and drivers when the feed starts and which parts of it are measured. */
export interface FeedTimes {
  /** The schedule's zero. */
  epochUs: number
  /** Nothing that is due then or later is published. */
  untilUs: number
  windows: TrialWindow[]
}

export interface DrainRequest {
  untilUs: number
}

/** Of one topic of a feed that a server publishes by itself: the seqs that belong to the windows. */
export interface ObservedSpan {
  topic: string | null
  first: number
  last: number
}

/** Latencies since the last report, for whoever watches: how many were in each bin of measure/recent.ts. */
export type RecentLatencies = [bin: number, count: number][]

/** What a driver says of itself about twice a second. It costs no more where somebody listens. */
export interface Progress {
  /** Clients that are subscribed. */
  connected: number
  /** Deliveries of messages of the windows so far, and messages of the windows that were skipped on purpose. */
  delivered: number
  superseded: number
  /** Messages of the windows that have come to any of its clients, or before those that have. */
  seen: number
  /** Position of the newest message that has come to any of its clients: so many have been published. */
  newest: number
  /** Deliveries since the first client, whenever they were published. */
  received: number
  recent: RecentLatencies
  /** Processor time of the process so far. */
  cpuUs: number
}

/** What is known of a trial while it goes on, from all its drivers; the server is not asked. In no result. */
export interface TrialProgress extends Omit<Progress, 'recent' | 'cpuUs'> {
  /** Messages of the windows, from the plan; `null` before it is computed. */
  scheduled: number | null
  /** Of the deliveries of the last half second or so, to 2 %; `null` where there was none. */
  latencyUs: { p50: number; p99: number } | null
  /** Processor time so far, in the drivers' order; `null` of one that has not said anything yet. */
  driverCpuUs: (number | null)[]
  /** As the system tells it of that process; `null` where it does not. */
  serverCpuUs: number | null
}
