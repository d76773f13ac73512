import type { Distribution } from './trial.js'

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
  /** Connections that the server ended because nothing was taken of what waited for them. */
  disconnected: number
}

/** What waited in a server's process for its clients, sampled from the start of the first window to the end of the drain. */
export interface BufferPeaks {
  maxBytes: number
  maxBytesPerConnection: number
  maxRssBytes: number
}
