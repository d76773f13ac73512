import type { PlannedNetwork } from './network.js'
import type { CpuPlacement, Placement } from './placement.js'
import type { Published } from './published.js'
import type { PlannedCodec, PlannedTarget } from './target.js'

/** What is published, and when. Everything that a schedule needs except the trace's own times. */
export interface FeedSpec {
  arrival: 'periodic' | 'poisson' | 'burst' | 'trace'
  /** Mean messages per second; for a trace what its file and `speed` make. */
  ratePerSec: number
  /** UTF-8 length of a whole message text in bytes; `null` for a trace, whose messages are as long as they are. */
  payloadBytes: number | null
  burst: BurstSpec | null
  trace: TraceSpec | null
  /** Seed of the publish times (and of the padding): equal for all transports of a round and load point. */
  seed: number
  /** The parts of the time in which it runs; it stands still between them. Absent: all of it. */
  slices?: FeedSlice[]
}

/** In microseconds since the feed's start. */
export interface FeedSlice {
  startOffsetUs: number
  endOffsetUs: number
}

export interface BurstSpec {
  /** Mean number of messages in a burst, 1 or more. */
  size: number
  /** Mean time between messages of a burst, in microseconds. */
  gapUs: number
  /** Standard deviation of the logarithm of the pauses between bursts; 0 makes bursts and pauses regular. */
  spread: number
}

export interface TraceSpec {
  /** As the scenario names it. */
  file: string
  /** How many times faster than it was recorded. */
  speed: number
  /** Whether it begins again when it is over. */
  loop: boolean
  messages: number
  topics: string[]
  sha256: string
}

/** A trace's content, which is too long for a plan and is sent to the processes beside it. */
export interface TraceContent {
  offsetsUs: number[]
  /** Index into `TraceSpec.topics` for each message. */
  topics: number[]
  /** JSON text of each message's `data`. */
  data: string[]
}

export interface Phases {
  warmupUs: number
  measureUs: number
  drainUs: number
}

export interface ConnectSpec {
  /** How many clients are opened per second over all drivers. */
  ratePerSec: number
  /** After this the trial begins, whoever is subscribed, in microseconds. */
  timeoutUs: number
}

/** Clients that read a given number of bytes a second at most; which ones follows from the seed. */
export interface PlannedSlowReaders {
  clients: number
  /** Of each of them. */
  bytesPerSec: number
  seed: number
}

/** A part of the trial that is measured, relative to the start of the feed. */
export interface PlannedWindow {
  startOffsetUs: number
  endOffsetUs: number
  side: string | null
  tag: string | null
}

/** `clients`, `ratePerSec`, `payloadBytes` and every axis of the matrix by its name. */
export interface Load {
  clients: number
  ratePerSec: number
  payloadBytes: number | null
  [axis: string]: number | string | boolean | null
}

/** A transport of the scenario with nothing left to decide. */
export interface PlannedTransport {
  transport: string
  label: string
  /** `feedbench:<name>` for what comes with feedbench, else a file URL. */
  module: string
  /** As the descriptor's `optionsSchema` gives them back: defaults filled in, base units. */
  options: Record<string, unknown>
}

export interface PlannedTrial extends PlannedTransport {
  /** Place in the order of execution, from 0. */
  index: number
  round: number
  load: Load
  feed: FeedSpec
  phases: Phases
  windows: PlannedWindow[]
  connect: ConnectSpec
  /** `null` where all clients read as fast as they can. */
  slowReaders: PlannedSlowReaders | null
  /** Seed of everything that is drawn on the clients' side, such as poll phases. */
  clientSeed: number
  requestHeaders: HeaderProfile
  publisher: PlannedPublisher
  placement: Placement
  /** What lies between clients and server; `null`: nothing. */
  network: PlannedNetwork | null
  /** A server of the user's own; `null`: feedbench's. */
  target: PlannedTarget | null
  /** How messages are written and read. */
  codec: PlannedCodec
}

/** Who publishes, and how: the server appends to its log, or a process of its own posts to the server. */
export interface PlannedPublisher {
  place: 'server' | 'process'
  outlet: string
}

export interface HeaderProfile {
  name: 'minimal' | 'browser' | 'custom'
  headers: [name: string, value: string][]
}

/** The scenario with nothing left to decide, written before the first socket opens. */
export interface Plan {
  planVersion: 2
  scenario: { name: string; description: string | null; file: string | null; sha256: string }
  seed: number
  rounds: number
  transports: PlannedTransport[]
  loadPoints: Load[]
  thresholds: string[]
  /** The published result that the scenario measures again. */
  published: Published | null
  /** In the order of execution. */
  trials: PlannedTrial[]
  cpuPlacement: CpuPlacement
}
