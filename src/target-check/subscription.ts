import type { Clock, Timers } from '../measure/clock.js'
import type { PlannedTrial } from '../model/plan.js'
import { createDialer, type Dialer } from '../network/dial.js'
import type { ClientSink, OpenClient, Session } from '../transports/transport.js'
import type { Received } from './findings.js'

export interface SubscriptionParts {
  planned: PlannedTrial
  open: OpenClient
  address: { host: string; port: number }
  clock: Clock
  timers: Timers
}

/** A few messages tell all; a server that floods must not fill the memory. */
const MOST_BYTES = 16 << 20

/** One client of a server that is looked at, with all that it saw. It comes back only when it is told to. */
export class Subscription implements ClientSink {
  readonly received: Received[] = []
  readonly errors: string[] = []
  isSubscribed = false
  readonly #parts: SubscriptionParts
  readonly #dialer: Dialer
  readonly #shared = new Map<string, unknown>()
  #session: Session | undefined
  #keptBytes = 0

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
    this.#dialer = createDialer({ ...parts.address, sourceAddresses: [] })
  }

  /** Bytes that came from the socket so far. */
  get receivedBytes(): number {
    return this.#dialer.totals.received
  }

  /** `after`: resumes after this seq; `null`: begins at the newest. */
  open(after: number | null): void {
    const { planned, open, address, clock, timers } = this.#parts
    this.isSubscribed = false
    this.#session = open(
      {
        index: 0,
        options: planned.options,
        target: address,
        ...(planned.target === null ? {} : { surface: planned.target.surface }),
        after,
        dial: () => this.#dialer.dial(),
        clock,
        timers,
        headers: planned.requestHeaders.headers,
        phase: 0,
        epochUs: clock.nowUs(),
        shared: this.#shared,
      },
      this,
    )
  }

  async close(): Promise<void> {
    await this.#session?.close()
    this.#session = undefined
  }

  subscribed(): void {
    this.isSubscribed = true
  }

  message(text: Buffer): void {
    if (this.#keptBytes + text.length > MOST_BYTES) return
    this.#keptBytes += text.length
    // The buffer is the socket's, which reads on into it.
    this.received.push({ text: Buffer.from(text), receivedUs: this.#parts.clock.nowUs() })
  }

  requested(): void {}

  answered(): void {}

  skipped(): void {}

  requestFailed(error: Error): void {
    this.errors.push(error.message)
  }

  lost(error: Error | null): void {
    this.isSubscribed = false
    this.errors.push(error?.message ?? 'the server ended the connection')
  }
}
