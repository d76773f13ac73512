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
  /** Why it is this one, in words. */
  tierReason: string
  /** The whole round trip that is added; half of it each way. */
  rttUs: number
  /** The round trip varies by up to so much either way, evenly; half of it each way. */
  jitterUs: number
  /** Of each connection, in each direction; `null`: no limit. */
  bandwidthBytesPerSec: number | null
  /** Of the packets, each by itself, in each direction; 0 to 1. The relay loses none. */
  lossShare: number
  events: NetworkEvent[]
}

/** Whether this machine's kernel emulates links for whoever asks; `why` it does not, with what was tried. */
export type NetemAvailability = { isUsable: true } | { isUsable: false; why: string }

/** What was lost on a link that loses, over the windows. */
export interface LossReport {
  /** Packets that the link's probe sent to itself, and those of them that never came. */
  probes: number
  probesLost: number
  /** Of TCP over the link, all connections and both directions together: segments sent, and those that were sent again. */
  segments: number
  segmentsRetransmitted: number
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
