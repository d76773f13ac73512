import { IntendedTimes } from '../driver/intended-times.js'
import { SimulatedClient, type Surroundings } from '../driver/simulated-client.js'
import { Tally } from '../driver/tally.js'
import { jsonCodec } from '../feed/codec.js'
import { createSchedule } from '../feed/schedule.js'
import { createTopics } from '../feed/source.js'
import { positionsIn } from '../feed/windows.js'
import { Recorder } from '../measure/recorder.js'
import type { FeedSpec, TraceContent } from '../model/plan.js'
import { createDialer } from '../network/dial.js'
import type { ClientContext, ClientSink, Session } from '../transports/transport.js'
import { buildFeed } from './feeds.js'
import { VirtualClock } from './virtual-clock.js'

/** One session as a transport would hold it, played by a test. */
export interface ScriptedSession extends Session {
  context: ClientContext
  sink: ClientSink
  isClosed: boolean
}

/** When the feed begins, and the second that is measured after its first second: of 10 messages a second those from 11 to 20. */
export const EPOCH_US = 1_000_000_000
export const WINDOW = { startUs: EPOCH_US + 1e6, endUs: EPOCH_US + 2e6, side: null, tag: null }

/** Simulated clients over a transport that does only what it is told. */
export class ScriptedTransport {
  readonly clock = new VirtualClock(EPOCH_US - 1e6)
  readonly tally = new Tally(new Recorder())
  readonly sessions: ScriptedSession[] = []
  readonly around: Surroundings
  /** What a session does as soon as it is opened. */
  onOpen: (session: ScriptedSession) => void = () => {}

  constructor({ feed = buildFeed({ ratePerSec: 10 }), trace = null }: { feed?: FeedSpec; trace?: TraceContent | null } = {}) {
    const schedule = createSchedule(feed, trace)
    const times = new IntendedTimes(schedule)
    times.epochUs = EPOCH_US
    this.tally.open([WINDOW], positionsIn(schedule, EPOCH_US, [WINDOW]))
    const { clock, tally } = this
    this.around = {
      open: (context, sink) => this.#open(context, sink),
      context: { options: {}, target: { host: '', port: 0 }, clock, timers: clock, headers: [], epochUs: 0, shared: new Map() },
      dialer: createDialer({ host: '127.0.0.1', port: 9, sourceAddresses: [] }),
      codec: jsonCodec,
      topics: createTopics(feed, trace),
      times,
      tally,
      clock,
      timers: clock,
    }
  }

  client(index = 0, phase = 0.5): SimulatedClient {
    return new SimulatedClient(index, phase, this.around)
  }

  /** The session that was opened last. */
  get session(): ScriptedSession {
    const last = this.sessions.at(-1)
    if (last === undefined) throw new Error('no session was opened')
    return last
  }

  #open(context: ClientContext, sink: ClientSink): Session {
    const session: ScriptedSession = {
      context,
      sink,
      isClosed: false,
      async close() {
        session.isClosed = true
      },
    }
    this.sessions.push(session)
    this.onOpen(session)
    return session
  }
}

/** Hands a sink the message at a position, as it is received so long after it was due. */
export function deliver(
  sink: ClientSink,
  seq: number,
  { afterUs = 1_000, topic = null as string | null, latestOnly = false } = {},
): void {
  const intendedUs = EPOCH_US + (seq - 0.5) * 100_000
  const text = jsonCodec.encode({ seq, intendedUs, publishedUs: intendedUs + 100, topic, data: '0' })
  const receivedUs = intendedUs + afterUs
  sink.message(text, { receivedUs, readUs: receivedUs, lagUs: 0 }, latestOnly)
}
