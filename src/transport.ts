/** What a transport of your own is made of and held by: what the package exports as `feedbench/transport`. See docs/transports.md. */
export type { FeedLog, LogEntry, LogRead } from './feed/log.js'
export type { Clock, Timer, Timers } from './measure/clock.js'
export type { PredictedFigure, PredictionConditions } from './model/prediction.js'
export type { CountedSocket } from './network/counted-socket.js'
export type { Arrival } from './network/poll-clock.js'
export { type ContractCase, type ContractOptions, transportContract } from './transports/contract/contract.js'
export type {
  Capabilities,
  ClientContext,
  ClientSink,
  MountServer,
  OpenClient,
  RouteHandler,
  ServerContext,
  ServerCounters,
  Session,
  TransportDescriptor,
  TransportServer,
  UpgradeHandler,
} from './transports/transport.js'
