import diagnostics from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { jsonCodec } from '../../feed/codec.js'
import { FeedLog, type LogLimits } from '../../feed/log.js'
import { type Clock, systemClock, type Timers } from '../../measure/clock.js'
import type { CountedSocket } from '../../network/counted-socket.js'
import { createDialer, type Dialer } from '../../network/dial.js'
import { FeedServer, type ServerLimits } from '../../server/feed-server.js'
import type { ClientContext, ClientSink, Session, TransportDescriptor, TransportServer } from '../transport.js'
import { AcceptedSocket } from './accepted-socket.js'
import { CountedTimers } from './counted-timers.js'
import { PATIENCE_MS, until, within } from './patience.js'
import { RecordedClient } from './recorded-client.js'

export interface SiteParts {
  /** As a scenario writes them. */
  options?: Record<string, unknown>
  limits?: LogLimits
  serverLimits?: Partial<ServerLimits>
  /** Instead of the system's, for the clients. */
  clock?: Clock
  timers?: Timers
  /** For how long it is waited for what must come, in milliseconds; default: 10,000. */
  patienceMs?: number
}

type Context = Omit<ClientContext, 'options'>
type OpenWithOptions = (context: Context, sink: ClientSink) => Session

interface Sides {
  log: FeedLog
  server: FeedServer
  mounted: TransportServer
  port: number
  open: OpenWithOptions
}

/** A real log behind a real server with one transport mounted, and real clients that note what they are told. */
export class TransportSite {
  readonly log: FeedLog
  readonly server: FeedServer
  readonly mounted: TransportServer
  readonly dialer: Dialer
  readonly port: number
  readonly accepted: AcceptedSocket[] = []
  readonly clients: RecordedClient[] = []
  readonly counted = new CountedTimers()
  readonly #patienceMs: number
  readonly #open: OpenWithOptions
  readonly #context: Omit<Context, 'after' | 'dial'>
  readonly #accept = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    if (socket.localPort === this.port) this.accepted.push(new AcceptedSocket(socket))
  }

  private constructor(
    { log, server, mounted, open, port }: Sides,
    { clock = systemClock, timers, patienceMs = PATIENCE_MS }: SiteParts,
  ) {
    this.#patienceMs = patienceMs
    this.log = log
    this.server = server
    this.mounted = mounted
    this.port = port
    this.#open = open
    const target = { host: '127.0.0.1', port }
    this.dialer = createDialer({ ...target, sourceAddresses: [] })
    this.#context = {
      index: 0,
      target,
      clock,
      timers: timers ?? this.counted,
      headers: [],
      phase: 0.5,
      epochUs: clock.nowUs(),
      shared: new Map(),
    }
    diagnostics.subscribe('net.server.socket', this.#accept)
  }

  static async start<Options extends object>(
    descriptor: TransportDescriptor<Options>,
    parts: SiteParts = {},
  ): Promise<TransportSite> {
    const options = descriptor.optionsSchema.parse(parts.options ?? {})
    const log = parts.limits === undefined ? new FeedLog() : new FeedLog(parts.limits)
    const mounted = (await descriptor.server()).mount({ log }, options)
    const { open } = await descriptor.client()
    const server = new FeedServer([mounted], () => {}, parts.serverLimits)
    const port = await server.listen('127.0.0.1', 0)
    return new TransportSite({ log, server, mounted, port, open: (context, sink) => open({ ...context, options }, sink) }, parts)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Opens a client that resumes after a cursor; `null`: it starts at the newest. */
  connect(after: number | null = null, context: Partial<Context> = {}): RecordedClient {
    const client = new RecordedClient()
    this.clients.push(client)
    const index = this.clients.length - 1
    client.session = this.#open({ ...this.#context, index, after, dial: () => this.dialer.dial(), ...context }, client)
    return client
  }

  async connected(after: number | null = null, context: Partial<Context> = {}): Promise<RecordedClient> {
    const client = this.connect(after, context)
    await this.until(() => client.cursors.length > 0, 'the client is subscribed')
    return client
  }

  /** A socket to somewhere else, which is not counted with those to this server. */
  dialTo(target: { host: string; port: number }): CountedSocket {
    return createDialer({ ...target, sourceAddresses: [] }, this.dialer.intake).dial()
  }

  /** Appends messages in one turn of the loop; their texts. */
  publish(count: number, data: (seq: number) => string = () => '"data"'): string[] {
    return Array.from({ length: count }, () => {
      const seq = this.log.newest + 1
      const text = jsonCodec.encode({ seq, intendedUs: seq * 1_000, publishedUs: seq * 1_000 + 7, topic: null, data: data(seq) })
      this.log.append(text)
      return text.toString()
    })
  }

  /** Appends one message whose text is that long; its text. */
  publishBytes(length: number): string {
    const [text = ''] = this.publish(
      1,
      (seq) => `"${'x'.repeat(length - `{"seq":${seq},"t":${seq * 1_000},"p":${seq * 1_000 + 7},"data":""}`.length)}"`,
    )
    return text
  }

  /** Breaks every connection that there is. */
  cut(): void {
    for (const { socket } of this.accepted) socket.resetAndDestroy()
  }

  /** Of what the server's sockets counted, from connect to close. */
  get serverBytes(): { read: number; written: number } {
    const sum = (of: 'read' | 'written') => this.accepted.reduce((total, socket) => total + socket[of], 0)
    return { read: sum('read'), written: sum('written') }
  }

  /** Of the heads of all responses that the server's sockets wrote. */
  get responseHeadBytes(): number {
    const texts = this.accepted.map(({ writes }) => Buffer.concat(writes).toString('latin1'))
    const heads = texts.flatMap((text) => text.match(/HTTP\/1\.1 \d{3}[\s\S]*?\r\n\r\n/g) ?? [])
    return heads.reduce((sum, head) => sum + head.length, 0)
  }

  /** Waits for what must come, and throws with its name where it does not. */
  until(isSo: () => boolean, what: string): Promise<void> {
    return until(isSo, what, this.#patienceMs)
  }

  /** Waits for a session's end, and throws where it has none. */
  within(promise: Promise<unknown>, what: string): Promise<void> {
    return within(promise, what, this.#patienceMs)
  }

  /** Ends clients and server; the server also where a client does not end. */
  async close(): Promise<void> {
    try {
      await this.within(Promise.all(this.clients.map(({ session }) => session.close())), 'every session is closed')
    } finally {
      await this.server.close()
      diagnostics.unsubscribe('net.server.socket', this.#accept)
    }
  }
}
