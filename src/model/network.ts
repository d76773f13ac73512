/** How the emulated link between clients and server is made. */
export type NetworkTier = 'relay' | 'netem'

/** Something that happens to the link at a moment of the measured window. */
export interface NetworkEvent {
  /**
   * `stall`: nothing passes for so long, then all of it. `cut`: connections are reset. `blackhole`: what is sent is swallowed, and nobody is told.
   */
  kind: 'stall' | 'cut' | 'blackhole'
  /** Since the start of the first window. */
  atUs: number
  /** `null`: for good (a blackhole that never ends), or none (a cut). */
  lengthUs: number | null
  /** Of the connections that are open then, above 0 and at most 1. */
  share: number
}

/** A link with nothing left to decide. */
export interface PlannedNetwork {
  tier: NetworkTier
  /** The whole round trip that is added; half of it each way. */
  rttUs: number
  /** The round trip varies by up to so much either way, evenly; half of it each way. */
  jitterUs: number
  /** Of each connection, in each direction; `null`: no limit. */
  bandwidthBytesPerSec: number | null
  events: NetworkEvent[]
}

export type LinkDirection = 'toServer' | 'toClient'

export interface RelayReport {
  /** As in the process title, from 1. */
  relay: number
  /** Accepted from clients, from its start to the end of the trial. */
  connections: number
  cpuUs: number
  /** 0 to 1. */
  eventLoopUtilization: number
  /** The most that lay in it at one moment, from its start on. */
  maxBufferedBytes: number
}
