import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { z } from 'zod'
import type { FeedLog } from '../feed/log.js'
import type { Clock, Timers } from '../measure/clock.js'
import type { PredictedFigure, PredictionConditions } from '../model/prediction.js'
import type { TargetSurface } from '../model/target.js'
import type { CountedSocket } from '../network/counted-socket.js'
import type { Arrival } from '../network/poll-clock.js'

/**
 * A way to get a feed from a server to a client. Everything about a transport is in its folder, behind this descriptor;
 * the scenario's schema, `list` and the reports derive from it. Loading a descriptor loads neither side.
 */
export interface TransportDescriptor<Options extends object = object> {
  /** As in scenarios, labels and reports. */
  name: string
  /** One line for `list`. */
  summary: string
  /** What a scenario may set; defaults filled in and in base units on the way out. */
  optionsSchema: z.ZodType<Options>
  capabilities: Capabilities
  server: () => Promise<{ mount: MountServer<Options> }>
  client: () => Promise<{ open: OpenClient<Options> }>
  /**
   * What theory expects of a trial under these conditions, to be shown beside what was measured. Pure; a figure that its model does not cover has
   * `expected: null` and why, or is left out.
   */
  predict?(conditions: PredictionConditions<Options>): PredictedFigure[]
}

export interface Capabilities {
  /** The client asks, again and again. */
  pull: boolean
  /** The server holds a request until there is something to say. */
  hold: boolean
  /** The server writes without being asked. */
  push: boolean
  /** Clients can publish. */
  publish: boolean
  /** Clients acknowledge messages. */
  ack: boolean
  /** A client that comes back continues at its cursor. */
  resume: boolean
  /** Several clients can share a connection. */
  multiplexed: boolean
}

export type MountServer<Options extends object = object> = (context: ServerContext, options: Options) => TransportServer

export interface ServerContext {
  log: FeedLog
}

export type RouteHandler = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, query: URLSearchParams) => void

/** The server's side of a transport, mounted beside the others. Only GET reaches a handler. */
export interface TransportServer {
  /** By exact path. */
  routes?: Record<string, RouteHandler>
  upgrades?: Record<string, UpgradeHandler>
  counters(): ServerCounters
  /** Ends what is open: held requests, streams. */
  close(): void
}

export interface ServerCounters {
  /** Socket writes that carried messages; `null` for a transport that answers requests. */
  writes: number | null
  messagesWritten: number | null
  /** Messages that had left the log before a client asked for them, summed over clients. */
  evicted: number
}

export type OpenClient<Options extends object = object> = (context: ClientContext<Options>, sink: ClientSink) => Session

/** What a simulated subscriber is given to live with. */
export interface ClientContext<Options extends object = object> {
  /** Of the client, over all drivers. */
  index: number
  options: Options
  target: { host: string; port: number }
  /** What the transport looks like at a server that is not feedbench's; absent: as at feedbench's own. */
  surface?: TargetSurface
  /** Resume after this message; `null`: start at the newest. */
  after: number | null
  /** The only way to a socket: its bytes are counted, its source address chosen. */
  dial(): CountedSocket
  clock: Clock
  timers: Timers
  /** Request headers beyond those that the protocol needs. */
  headers: [name: string, value: string][]
  /** Of this client's polls: a share of the interval in [0, 1), fixed for the trial. */
  phase: number
  /** Origin of absolute periods such as poll ticks. */
  epochUs: number
  /** For clients that share connections: one map for all clients of a driver. */
  shared: Map<string, unknown>
}

/** What a client reports; the driver keeps the ledger, the histograms and the cursor. */
export interface ClientSink {
  /** The server has accepted the subscription; `cursor` is the newest message that it says it has, or `null`. */
  subscribed(cursor: number | null): void
  /**
   * The text of one message, and the arrival of its last byte.
   * `latestOnly`: whatever lies between the message before and this one was skipped on purpose.
   */
  message(text: Buffer, arrival: Arrival, latestOnly?: boolean): void
  /** A request is sent whose time was `scheduledUs`. */
  requested(scheduledUs: number): void
  /** A request was answered with so many messages. */
  answered(messages: number): void
  /** A request failed; the client goes on by itself. */
  requestFailed(error: Error): void
  /** The poll due at `scheduledUs` was skipped, because the one before is still open. */
  skipped(scheduledUs: number): void
  /** The connection is gone, and the session with it; the driver decides whether to open another. Not called after `close`. */
  lost(error: Error | null): void
}

export interface Session {
  send?(text: Buffer): void
  ack?(seq: number): void
  /** Ends politely, and resolves once the last byte has been counted. */
  close(): Promise<void>
}
