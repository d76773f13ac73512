import { type Codec, jsonCodec } from '../feed/codec.js'
import { loadCodec } from '../feed/codecs.js'
import { FeedLog } from '../feed/log.js'
import type { Outlet } from '../feed/publisher.js'
import { PublisherPart } from '../feed/publisher-part.js'
import { hostClockDomain } from '../measure/clock-domain.js'
import { settledRssBytes, UsageMeter } from '../measure/usage.js'
import { combineUsage } from '../measure/usage-sum.js'
import type { FeedTimes, ServerSpec } from '../model/member.js'
import type { Json, Role, RoleFactory } from '../model/role.js'
import type { ServerShard, Usage } from '../model/shard.js'
import { JSON_CODEC } from '../model/target.js'
import { builtInModule, builtInTransports, loadTransport } from '../transports/registry.js'
import type { TransportServer } from '../transports/transport.js'
import { BufferWatch } from './buffer-watch.js'
import { FeedServer, type ServerLimits } from './feed-server.js'
import { publishRoute } from './publish-route.js'

/** What a feed server is built from, and another kind of it may have otherwise. */
export interface FeedServerParts {
  /** Absent: the one that is asked for. */
  codec?: Codec
  /** Offers the transports to clients; whoever else publishes to the log does so through it. */
  offer(
    transports: readonly TransportServer[],
    publishDue: () => void,
    log: FeedLog,
    limits: Partial<ServerLimits>,
  ): Pick<FeedServer, 'listen' | 'connections' | 'buffered' | 'disconnected' | 'close'>
}

const FEED_SERVER: FeedServerParts = {
  offer: (transports, publishDue, _log, limits) => new FeedServer(transports, publishDue, limits),
}

/**
 * The feed server: one feed, every transport mounted, its own cost sampled.
 * @internal for the tests that have other parts
 */
export function feedServerOf(parts: Partial<FeedServerParts>): RoleFactory {
  const { codec, offer } = { ...FEED_SERVER, ...parts }
  return async (json) => {
    const spec = json as unknown as ServerSpec
    const log = new FeedLog()
    const { mounted, measured } = await mountAll(spec, log)
    const outlet: Outlet = { name: 'log append', publish: (text) => log.append(text) }
    const publisher = await PublisherPart.create(
      spec.feed,
      spec.trace,
      outlet,
      codec ?? (await loadCodec(spec.codec ?? JSON_CODEC)),
    )
    const limits = {
      ...(spec.maxConnections === undefined ? {} : { maxConnections: spec.maxConnections }),
      ...(spec.takesPosts === true ? { takePost: publishRoute(jsonCodec, (text) => log.append(text)) } : {}),
    }
    const server = offer(mounted, () => publisher.publishDue(), log, limits)
    return new ServerRole({ spec, server, publisher, measured, outlet })
  }
}

export const createFeedServer: RoleFactory = feedServerOf({})

interface Parts {
  spec: ServerSpec
  server: ReturnType<FeedServerParts['offer']>
  publisher: PublisherPart
  measured: TransportServer
  outlet: Outlet
}

class ServerRole implements Role {
  readonly #parts: Parts
  readonly #meter = new UsageMeter()
  readonly #usages: Usage[] = []
  #writes: Writes = NO_WRITES
  #writesAtStart: Writes = NO_WRITES
  readonly #buffers: BufferWatch | null

  constructor(parts: Parts) {
    this.#parts = parts
    this.#buffers = parts.spec.watchesBuffers === true ? new BufferWatch(() => parts.server.buffered) : null
  }

  async request(method: string, params: Json): Promise<Json> {
    const { spec, server, publisher } = this.#parts
    switch (method) {
      case 'listen':
        return { port: await server.listen(spec.host, spec.port) }
      case 'settled-rss':
        return { rssBytes: await settledRssBytes(), connections: server.connections }
      case 'connections':
        return { open: server.connections, ...server.disconnected }
      case 'publish':
        publisher.start(params as unknown as FeedTimes)
        return null
      case 'collect':
        // Whatever was not published by now is counted as not published, and must stay so.
        await publisher.stop()
        return this.#collect() as unknown as Json
      default:
        throw new Error(`a server does not know ${method}`)
    }
  }

  barrier(name: string): void {
    const { publisher, measured } = this.#parts
    if (name === 'window-start') {
      publisher.windowStarts()
      this.#writesAtStart = writesOf(measured)
      this.#meter.start()
      this.#buffers?.start()
    } else if (name === 'window-end') {
      this.#usages.push(this.#meter.stop())
      publisher.windowEnds()
      const { writes, messages } = writesOf(measured)
      this.#writes = {
        writes: this.#writes.writes + writes - this.#writesAtStart.writes,
        messages: this.#writes.messages + messages - this.#writesAtStart.messages,
      }
    }
  }

  async stop(): Promise<void> {
    this.#buffers?.stop()
    await this.#parts.publisher.stop()
    await this.#parts.server.close()
  }

  #collect(): ServerShard {
    const { server, publisher, measured, outlet } = this.#parts
    const { writes, evicted } = measured.counters()
    return {
      clock: hostClockDomain(),
      ...publisher.account(),
      usage: combineUsage(this.#usages),
      writes: writes === null ? null : this.#writes.writes,
      messagesWritten: writes === null ? null : this.#writes.messages,
      evicted,
      disconnected: server.disconnected,
      buffers: this.#buffers?.stop() ?? null,
      publisher: { place: 'server', outlet: outlet.name },
      posts: null,
    }
  }
}

interface Writes {
  writes: number
  messages: number
}

const NO_WRITES: Writes = { writes: 0, messages: 0 }

function writesOf(transport: TransportServer): Writes {
  const { writes, messagesWritten } = transport.counters()
  return { writes: writes ?? 0, messages: messagesWritten ?? 0 }
}

/** Mounts the transport that is measured with its options, and all others with their defaults. */
async function mountAll(
  { transport }: ServerSpec,
  log: FeedLog,
): Promise<{ mounted: TransportServer[]; measured: TransportServer }> {
  const descriptor = await loadTransport(transport.module)
  const measured = (await descriptor.server()).mount({ log }, transport.options)
  const others = builtInTransports.filter(({ name }) => builtInModule(name) !== transport.module)
  const mounted = await Promise.all(
    others.map(async (other) => (await other.server()).mount({ log }, other.optionsSchema.parse({}))),
  )
  return { mounted: [...mounted, measured], measured }
}
