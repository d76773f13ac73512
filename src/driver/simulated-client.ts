import { type Codec, type MessageHead, NotAMessage } from '../feed/codec.js'
import type { Topics } from '../feed/source.js'
import type { Clock, Timers } from '../measure/clock.js'
import { ClientLedger } from '../measure/ledger.js'
import type { Deliveries } from '../measure/recorder.js'
import type { Held } from '../measure/staleness.js'
import type { CountedSocket } from '../network/counted-socket.js'
import type { Dialer } from '../network/dial.js'
import { type Arrival, addedUs, arrivedUs } from '../network/poll-clock.js'
import type { ClientContext, ClientSink, OpenClient, Session } from '../transports/transport.js'
import type { IntendedTimes } from './intended-times.js'
import type { ObservedFeed } from './observed-feed.js'
import type { Tally } from './tally.js'

/** What all clients of a driver share. */
export interface Surroundings {
  open: OpenClient
  context: Omit<ClientContext, 'index' | 'after' | 'dial' | 'phase'>
  dialer: Pick<Dialer, 'dial'>
  codec: Codec
  topics: Topics
  times: Pick<IntendedTimes, 'at'>
  /** Where the server publishes by itself; else `topics` and `times` say what there is to come. */
  observed?: ObservedFeed
  tally: Tally<Deliveries>
  clock: Clock
  timers: Timers
}

/** Before a lost connection is opened again: doubled with each failure up to the longest, and spread by the client's phase. */
const FIRST_RETRY_US = 100e3
const LONGEST_RETRY_US = 2_000e3

/** One simulated subscriber: opens its session, keeps its cursor and its part of the ledger, and comes back when cut off. */
export class SimulatedClient implements ClientSink, Held {
  readonly ledger = new ClientLedger()
  readonly #index: number
  readonly #phase: number
  readonly #around: Surroundings
  #session: Session | undefined
  #dialledUs: number | undefined
  /** Whether each request that is not yet answered counts in the window, by its scheduled send; the next may be sent before the answer is told. */
  #openRequests: boolean[] = []
  #failures = 0
  #isClosed = false
  connections = 0
  isSubscribed = false
  wasSubscribed = false
  newestUs = Number.NaN
  countedToUs = 0

  constructor(index: number, phase: number, around: Surroundings) {
    this.#index = index
    this.#phase = phase
    this.#around = around
  }

  open(): void {
    if (this.#isClosed) return
    this.#openRequests = []
    const { open, context } = this.#around
    this.#session = open(
      {
        ...context,
        index: this.#index,
        phase: this.#phase,
        after: this.wasSubscribed || this.#failures > 0 ? this.ledger.cursor : null,
        dial: () => this.#dial(),
      },
      this,
    )
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#session?.close()
  }

  subscribed(): void {
    const { tally, clock } = this.#around
    this.isSubscribed = true
    this.#failures = 0
    if (!this.wasSubscribed && this.#dialledUs !== undefined) tally.connectUs.record(clock.nowUs() - this.#dialledUs)
    this.wasSubscribed = true
    tally.noteSubscribed()
  }

  message(text: Buffer, arrival: Arrival, latestOnly = false): void {
    try {
      this.#take(text, arrival, latestOnly)
    } catch (error) {
      // Whoever calls this, a parser or a library, would take a bug of ours for a broken connection.
      process.nextTick(() => {
        throw error
      })
    }
  }

  #take(text: Buffer, arrival: Arrival, latestOnly: boolean): void {
    const { codec, topics, times, observed, tally } = this.#around
    const head = readHead(codec, text)
    if (observed !== undefined) return this.#observe(observed, head, text, arrival)
    const position = head === undefined ? undefined : topics.position(head.topic, head.seq)
    // The schedule of a number that the feed never reaches would be computed for ever.
    if (head === undefined || position === undefined || position < 1 || position > tally.lastPosition)
      return tally.noteForeign(text)
    const intendedUs = times.at(position)
    const publishedUs = head.publishedUs ?? null
    const receivedUs = arrivedUs(arrival, Math.max(intendedUs, publishedUs ?? 0))
    tally.noteReceived(text.length)
    const isNewest = position >= this.ledger.next
    if (!this.ledger.accept(position, latestOnly, tally.ledger)) return
    const lagUs = addedUs(arrival, publishedUs ?? intendedUs)
    const { asked, lagUs: readLagUs } = arrival
    tally.recorder.record({ intendedUs, publishedUs, receivedUs, lagUs, askedUs: asked?.sentUs, readLagUs })
    if (!isNewest) return
    if (position > tally.newest) tally.newest = position
    tally.recorder.renew(this, intendedUs, receivedUs)
  }

  /** Latency begins at the time that the message says; without one there is none. */
  #observe(observed: ObservedFeed, head: MessageHead | undefined, text: Buffer, arrival: Arrival): void {
    const { tally } = this.#around
    const intendedUs = head?.intendedUs
    const receivedUs = arrivedUs(arrival, intendedUs ?? 0)
    const position = head === undefined ? undefined : observed.locate(head.topic, head.seq, intendedUs ?? receivedUs)
    if (position === undefined || position < 1) return tally.noteForeign(text)
    tally.noteReceived(text.length)
    this.ledger.begin(observed.firstPosition)
    const isNewest = position >= this.ledger.next
    if (!this.ledger.accept(position, false, tally.ledger) || intendedUs === undefined) return
    const { asked, lagUs: readLagUs } = arrival
    const lagUs = addedUs(arrival, intendedUs)
    tally.recorder.record({ intendedUs, publishedUs: null, receivedUs, lagUs, askedUs: asked?.sentUs, readLagUs })
    if (!isNewest) return
    if (position > tally.newest) tally.newest = position
    tally.recorder.renew(this, intendedUs, receivedUs)
  }

  requested(scheduledUs: number): void {
    this.#openRequests.push(this.#around.tally.noteRequest(scheduledUs))
  }

  answered(messages: number): void {
    this.#around.tally.noteAnswer(messages, this.#openRequests.shift() === true)
  }

  requestFailed(error: Error): void {
    this.#around.tally.noteError(error)
    this.#around.tally.noteFailed(this.#openRequests.shift() === true)
  }

  skipped(scheduledUs: number): void {
    this.#around.tally.noteSkipped(scheduledUs)
  }

  lost(error: Error | null): void {
    if (this.#isClosed) return
    const { tally, timers, clock } = this.#around
    if (error !== null) tally.noteError(error)
    // A request that was to subscribe and did not has failed.
    if (!this.isSubscribed) tally.noteFailed(this.#openRequests.shift() === true)
    if (this.isSubscribed) tally.noteLost()
    this.isSubscribed = false
    const pauseUs = Math.min(LONGEST_RETRY_US, FIRST_RETRY_US * 2 ** this.#failures++)
    timers.at(clock.nowUs() + pauseUs * (0.5 + this.#phase), () => this.open())
  }

  #dial(): CountedSocket {
    const { dialer, clock } = this.#around
    this.#dialledUs ??= clock.nowUs()
    const socket = dialer.dial()
    socket.once('connect', () => {
      this.connections++
    })
    return socket
  }
}

/** `undefined` where the text is no message: a server may send anything. */
function readHead(codec: Codec, text: Buffer): MessageHead | undefined {
  try {
    return codec.readHead(text)
  } catch (error) {
    if (error instanceof NotAMessage) return undefined
    throw error
  }
}
