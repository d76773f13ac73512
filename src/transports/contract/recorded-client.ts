import { systemClock } from '../../measure/clock.js'
import type { Arrival } from '../../network/poll-clock.js'
import type { ClientSink, Session } from '../transport.js'

/** A sink that notes everything that a transport's client tells it. */
export class RecordedClient implements ClientSink {
  session: Session = { close: async () => {} }
  /** One for each time that it was subscribed. */
  readonly cursors: (number | null)[] = []
  readonly texts: string[] = []
  readonly arrivals: Arrival[] = []
  /** When each message was told of, in microseconds of the system's clock. */
  readonly toldUs: number[] = []
  readonly latestOnly: boolean[] = []
  readonly requests: number[] = []
  readonly answers: number[] = []
  readonly failures: Error[] = []
  readonly skips: number[] = []
  readonly losses: (Error | null)[] = []

  subscribed(cursor: number | null): void {
    this.cursors.push(cursor)
  }

  message(text: Buffer, arrival: Arrival, latestOnly = false): void {
    this.texts.push(text.toString())
    this.arrivals.push(arrival)
    this.toldUs.push(systemClock.nowUs())
    this.latestOnly.push(latestOnly)
  }

  requested(scheduledUs: number): void {
    this.requests.push(scheduledUs)
  }

  answered(messages: number): void {
    this.answers.push(messages)
  }

  requestFailed(error: Error): void {
    this.failures.push(error)
  }

  skipped(scheduledUs: number): void {
    this.skips.push(scheduledUs)
  }

  lost(error: Error | null): void {
    this.losses.push(error)
  }

  /** Of each message. */
  get seqs(): number[] {
    return this.texts.map((text) => (JSON.parse(text) as { seq: number }).seq)
  }
}
