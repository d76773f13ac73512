import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client } from 'undici'
import type { FeedLog } from '../feed/log.js'
import type { Outlet } from '../feed/publisher.js'
import type { PublisherPart } from '../feed/publisher-part.js'
import type { FeedTimes, PublisherSpec } from '../model/member.js'
import type { FeedSpec, TraceContent } from '../model/plan.js'
import type { Json, RoleFactory } from '../model/role.js'
import type { FeedServerParts } from '../server/server-role.js'
import type { TransportServer } from '../transports/transport.js'

/** A publisher outside the server: what it publishes crosses by POST, one after another over one connection. */

const PATH = '/publish'

export type CreatePart = (
  feed: FeedSpec,
  trace: TraceContent | null,
  outlet: Outlet,
) => Promise<Pick<PublisherPart, 'start' | 'stop' | 'account' | 'windowStarts' | 'windowEnds'>>

/** The role `publisher`. `createPart` is handed in, because the part's metronome is a thread that needs built files. */
export function postingPublisher(createPart: CreatePart): RoleFactory {
  return async (json) => {
    const { feed, trace, target } = json as unknown as PublisherSpec
    const client = new Client(`http://${target.host}:${target.port}`, { pipelining: 1 })
    const failures: string[] = []
    const outlet: Outlet = {
      name: 'POST',
      publish(text) {
        client
          .request({ path: PATH, method: 'POST', body: text })
          .then(({ statusCode, body }) => {
            if (statusCode !== 204) failures.push(`status ${statusCode}`)
            return body.dump()
          })
          .catch((error: Error) => failures.push(error.message))
      },
    }
    const part = await createPart(feed, trace, outlet)
    return {
      async request(method, params): Promise<Json> {
        if (method === 'publish') part.start(params as unknown as FeedTimes)
        else if (method !== 'collect') throw new Error(`a publisher does not know ${method}`)
        else {
          await part.stop()
          if (failures.length > 0) throw new Error(`${failures.length} messages could not be posted: ${failures[0]}`)
          // Its metronome is not the server's to pay for.
          const { metronomeCpuUs: _, ...account } = part.account()
          return { ...account, publisher: { place: 'process', outlet: outlet.name } }
        }
        return null
      },
      barrier(name) {
        if (name === 'window-start') part.windowStarts()
        else if (name === 'window-end') part.windowEnds()
      },
      async stop() {
        await part.stop()
        await client.destroy()
      },
    }
  }
}

/** Offers transports, and appends to the log what is posted to it. */
export class PostedFeedServer implements ReturnType<FeedServerParts['offer']> {
  readonly #server: Server
  readonly #transports: readonly TransportServer[]
  readonly #log: Pick<FeedLog, 'append'>
  #connections = 0
  readonly disconnected = { slow: 0, refused: 0 }
  readonly buffered = { bytes: 0, mostBytes: 0 }
  posted = 0

  constructor(transports: readonly TransportServer[], log: Pick<FeedLog, 'append'>) {
    this.#transports = transports
    this.#log = log
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#server.on('upgrade', (request, socket, head) => {
      const { pathname, searchParams } = target(request)
      const handler = transports.find(({ upgrades }) => upgrades?.[pathname] !== undefined)?.upgrades?.[pathname]
      if (handler === undefined) socket.destroy()
      else handler(request, socket, head, searchParams)
    })
    this.#server.on('connection', (socket) => {
      this.#connections++
      socket.once('close', () => this.#connections--)
    })
  }

  get connections(): number {
    return this.#connections
  }

  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port))
    })
  }

  async close(): Promise<void> {
    for (const transport of this.#transports) transport.close()
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = target(request)
    if (request.method === 'POST' && pathname === PATH) return void this.#take(request, response)
    const handler = this.#transports.find(({ routes }) => routes?.[pathname] !== undefined)?.routes?.[pathname]
    if (handler === undefined) response.writeHead(404).end()
    else handler(request, response, searchParams)
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    this.#log.append(Buffer.concat(chunks))
    this.posted++
    response.writeHead(204).end()
  }
}

function target(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'http://feed')
}
