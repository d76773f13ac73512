import type { Receipts } from './counts.js'
import type { LossReport } from './network.js'
import type { ClockDomain } from './placement.js'
import type { Disconnected } from './trial.js'

/**
 * What members hand to the runner at the end of a trial, to be merged into a `Trial`.
 * Histograms are HDR V2, base64, so that they can be added.
 */
export interface DriverShard {
  driver: number
  clients: number
  clock: ClockDomain
  /** Of all clients. */
  ledger: LedgerShard
  unfinished: UnfinishedShard
  negatives: number
  /** Times are those of clients that read as fast as they can; `slow` has those of the others. */
  latencyUs: string
  transitUs: string | null
  lagUs: string
  transitLessLagUs: string
  connectUs: string
  staleness: StalenessShard
  /** `null` where the trial has no slow readers. */
  slow: SlowReadersShard | null
  blocks: { index: number; delivered: number; latencyUs: string; bytesReceived: number }[]
  blockLengthUs: number
  bytes: {
    payload: number
    received: number
    sent: number
    headers: number | null
    deliveries: number
    lifetime: { received: number; sent: number }
  }
  requests: { total: number; empty: number; failed: number; skipped: number; responses: number; messages: number }
  connections: {
    opened: number
    failed: number
    reconnects: number
    unsubscribedAtStart: number
    /** Errors by which the driver ran out of something. */
    exhausted: number
    lost: number
    /** Texts that are no message of this feed. */
    foreign: number
    lastError: string | null
  }
  usage: Usage
  heartbeat: { latenessUs: string; frozenUs: number }
}

/** The last messages of the windows, which clients that were subscribed had not got when the drain ended. */
export interface UnfinishedShard {
  clients: number
  deliveries: number
}

export interface LedgerShard extends Receipts {
  /** Messages of which the ledger could not tell any more whether they were missing. */
  overflowed: number
}

export interface StalenessShard {
  startAges: string
  endAges: string
  meanUs: number | null
  observedUs: number
}

export interface SlowReadersShard {
  ledger: LedgerShard
  latencyUs: string
  staleness: StalenessShard
  /** Over the windows. */
  receivedBytes: number
  reconnects: number
}

export interface ServerShard {
  clock: ClockDomain
  published: number
  /** Positions in the windows that were published; `null` where none was. */
  firstPosition: number | null
  lastPosition: number | null
  publishDelayUs: string
  usage: ServerUsage
  metronomeCpuUs: number | null
  writes: number | null
  messagesWritten: number | null
  /** `null` where the server does not tell. */
  evicted: number | null
  disconnected: Disconnected | null
  /** `null` where nobody looked. */
  buffers: BufferPeaks | null
  publisher: { place: 'server' | 'process' | 'client'; outlet: string }
  /** What became of messages that a process of its own sent to the server; `null` where the server published. */
  posts: PostsShard | null
}

/** What a publisher in a process of its own knows. */
export type PublisherShard = Pick<
  ServerShard,
  'published' | 'firstPosition' | 'lastPosition' | 'publishDelayUs' | 'publisher' | 'posts'
> & {
  /** By window, of the messages that did not have to wait for the server: how late the publisher itself was. Of one in a process of its own. */
  ownDelaysUs?: string[]
  /** By window, of its event loop, 0 to 1; `null` where it was not seen to its end. Of one in a process of its own. */
  ownUtilizations?: (number | null)[]
}

/** Of the messages that were due in the windows. */
export interface PostsShard {
  /** Answered with a 2xx status, or written to a WebSocket. */
  accepted: number
  failed: number
  /** Sent, and not answered when the trial ended: nobody knows. */
  unconfirmed: number
  roundTripUs: string
  lastError: string | null
  usage: Usage
}

/** What a relay achieved over the windows. */
export interface RelayShard {
  relay: number
  connections: number
  toServerUs: string
  toClientUs: string
  latenessUs: string
  maxBufferedBytes: number
  usage: Usage
}

/** What the process found that watches a link of the kernel's. The delay is one direction's, of which both are alike. */
export interface LinkProbeShard {
  delayUs: string
  /** Beyond the delay asked for; of a link with jitter nobody can tell. */
  latenessUs: string
  loss: LossReport
}

/** Of one process over the windows. */
export interface Usage {
  /** Between the two samples, which a busy process takes late: longer than the windows by that. */
  sampledUs: number
  cpuUserUs: number
  cpuSystemUs: number
  eventLoopUtilization: number
  eventLoopDelayUsP99: number | null
  gcUs: number
  rssBytes: number
}

/** Of the processes of a server, `null` where only the server itself could tell. */
export interface ServerUsage {
  sampledUs: number
  cpuUserUs: number | null
  cpuSystemUs: number | null
  eventLoopUtilization: number | null
  eventLoopDelayUsP99: number | null
  gcUs: number | null
  rssBytes: number | null
}

/** What waited in a server's process for its clients, sampled from the start of the first window to the end of the drain. */
export interface BufferPeaks {
  maxBytes: number
  maxBytesPerConnection: number
  maxRssBytes: number
}
