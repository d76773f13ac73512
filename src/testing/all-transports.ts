import { jsonCodec } from '../feed/codec.js'
import { FeedLog } from '../feed/log.js'
import { FeedServer, type ServerLimits } from '../server/feed-server.js'
import { builtInTransports } from '../transports/registry.js'

/** A feed server with every transport and its defaults, as `serve` has it, and what is needed to feed it. */
export interface WholeServer {
  log: FeedLog
  server: FeedServer
  port: number
  /** Messages that streams have written so far. */
  written(): number
  /** Appends messages; their texts. */
  publish(count: number, data?: string): string[]
}

export async function startWholeServer(
  options: Record<string, Record<string, unknown>> = {},
  limits: Partial<ServerLimits> = {},
): Promise<WholeServer> {
  const log = new FeedLog()
  const mounted = await Promise.all(
    builtInTransports.map(async (transport) =>
      (await transport.server()).mount({ log }, transport.optionsSchema.parse(options[transport.name] ?? {})),
    ),
  )
  const server = new FeedServer(mounted, () => {}, limits)
  const port = await server.listen('127.0.0.1', 0)
  return {
    log,
    server,
    port,
    written: () => mounted.reduce((sum, transport) => sum + (transport.counters().messagesWritten ?? 0), 0),
    publish: (count, data = '"data"') =>
      Array.from({ length: count }, () => {
        const text = jsonCodec.encode({ seq: log.newest + 1, intendedUs: 5, publishedUs: 6, topic: null, data })
        log.append(text)
        return text.toString()
      }),
  }
}
