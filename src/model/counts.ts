/** What is counted in a trial. */

/** What became of messages at the clients. */
export interface Receipts {
  delivered: number
  missing: number
  /** Skipped on purpose by a client that wants only the newest. */
  superseded: number
  duplicates: number
  reordered: number
}

/** The ledger. `delivered + missing + superseded = expected` or the trial is invalid. */
export interface MessageLedger extends Receipts {
  /** Intended times in the windows, from the plan. */
  scheduled: number
  /** Of these, those that were published before the drain ended. */
  published: number
  /** `scheduled` times the clients of the load point. */
  expected: number
  /** `observed`: nobody knows a schedule, and what was to come is what was seen at all, with the gaps in its numbers. Absent: from the plan. */
  basis?: 'observed'
}

/** Counted at the clients' sockets over the windows; `lifetime` from connect to close. */
export interface ByteCounts {
  /** UTF-8 length of the texts of the messages received in the windows. */
  payload: number
  /** Heads of requests and responses, in both directions; `null` where the transport's client does not count them. */
  headers: number | null
  /** All the rest: chunks, fields of events, frames, envelopes. `payload + headers + framing = received + sent`; below 0 where compression saves more than framing costs. */
  framing: number | null
  received: number
  sent: number
  /** (received + sent) / deliveries received in the windows. */
  perMessage: number | null
  /** (received + sent - payload) / payload. */
  overheadRatio: number | null
  lifetime: { received: number; sent: number }
}

export interface RequestCounts {
  /** Requests whose scheduled send lies in the windows. */
  total: number
  /** Answered without a message. */
  empty: number
  failed: number
  /** Poll ticks that found the poll before still open. */
  skipped: number
  /** `total` per message expected. */
  perMessage: number | null
  /** Messages per answer that had any; `null` for a transport that does not answer requests with messages. */
  messagesPerResponse: number | null
}

export interface ConnectionCounts {
  /** Clients that were subscribed at least once. */
  opened: number
  /** Clients that never were. */
  failed: number
  /** Connections opened beyond the first of each client. */
  reconnects: number
}
