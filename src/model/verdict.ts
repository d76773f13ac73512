/**
 * The verdict on a trial: whether its numbers may be believed, with coded reasons.
 * `finding` says something about the server and leaves the trial valid; the other two say something about the measurement.
 */
export type VerdictStatus = 'valid' | 'degraded' | 'invalid'
export type Severity = 'finding' | 'degraded' | 'invalid'

/** The closed list of reasons. docs/verdicts.md documents each code; a test holds the two in step. */
export const REASON_CODES = {
  NO_DATA: 'Nothing was delivered, or nothing was due in the window.',
  LEDGER_MISMATCH: 'What was scheduled, published and received does not add up.',
  LEDGER_OVERFLOW: 'A client had more gaps at once than the ledger keeps.',
  NEGATIVE_LATENCY: 'Messages were received before they were due or published: a clock is wrong.',
  CLOCK_STEP: 'The monotonic and the wall clock drifted apart during the window.',
  DRIVER_LAG: 'The driver may have added a considerable part of the transit that it reports.',
  DRIVER_LATE: 'A driver got to run late, by a considerable part of the transit that it reports.',
  DRIVER_FROZEN: 'A driver was not running for a part of the window.',
  DRIVER_BUSY: 'A driver was busy for nearly all of the window.',
  RELAY_BUSY: 'A relay was busy for nearly all of the window.',
  RELAY_LATE: 'The emulated link delayed messages by more than was asked.',
  PUBLISHER_BUSY: 'The publisher was busy for nearly all of the window.',
  DRIVER_EXHAUSTED: 'A driver ran out of descriptors, ports or memory.',
  CLIENTS_UNSERVED: 'Clients were not subscribed when the window began.',
  CPU_OTHERS: 'Other programs used the processor during the window.',
  CPU_STEAL: 'The hypervisor took processor time away during the window.',
  SERVER_SATURATED: 'The server was busy for nearly all of the window.',
  PUBLISHER_LATE: 'Messages were published later than intended.',
  OBSERVED_FEED: 'The server publishes by itself: what was to come is known only from what was seen.',
  POSTS_FAILED: 'The server did not accept messages that were published to it.',
  UNPUBLISHED: 'Messages that were due were never published.',
  DRAIN_ENDED: 'The drain ended before clients had the last messages.',
  EVICTED: 'Messages had left the log before a client asked for them.',
  CLIENTS_CUT_OFF: 'The server disconnected clients that read nothing, or refused connections.',
  CONNECTIONS_LOST: 'Connections were lost and opened again.',
  REQUESTS_FAILED: 'Requests failed.',
  POLLS_SKIPPED: 'Polls were skipped because the one before was still open.',
} as const satisfies Record<string, string>

export type ReasonCode = keyof typeof REASON_CODES

export interface Reason {
  code: ReasonCode
  severity: Severity
  message: string
  /** The figures that led to the reason, units last in their names. */
  evidence: Record<string, number | string | null>
}

export interface Verdict {
  status: VerdictStatus
  reasons: Reason[]
}
