import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { FeedbenchError } from '../model/errors.js'
import { BadParameter, sendJson } from '../transports/query.js'
import type { RouteHandler, TransportServer, UpgradeHandler } from '../transports/transport.js'

/** Connections that the kernel may hold before they are accepted; a thousand clients may come at once. */
const LISTEN_BACKLOG = 8_192
const LARGEST_HEADERS_BYTES = 16 << 10
const MOST_HEADERS = 100
/** A client that does not get its request out within this is cut off. */
const SLOWEST_HEADERS_MS = 10_000

/** One HTTP server over which the same feed is offered by every transport. */
export class FeedServer {
  readonly #server: Server
  readonly #transports: readonly TransportServer[]
  readonly #routes = new Map<string, RouteHandler>([['/healthz', healthz]])
  readonly #upgrades = new Map<string, UpgradeHandler>()
  readonly #sockets = new Set<Duplex>()

  constructor(transports: readonly TransportServer[]) {
    this.#transports = transports
    for (const { routes, upgrades } of transports) {
      for (const [path, handler] of Object.entries(routes ?? {})) this.#routes.set(path, handler)
      for (const [path, handler] of Object.entries(upgrades ?? {})) this.#upgrades.set(path, handler)
    }
    this.#server = createServer(
      {
        maxHeaderSize: LARGEST_HEADERS_BYTES,
        headersTimeout: SLOWEST_HEADERS_MS,
        requestTimeout: SLOWEST_HEADERS_MS,
        connectionsCheckingInterval: 2_000,
        noDelay: true,
        // 0: idle connections are kept. Node's own 5 s would make clients that poll less often connect for each poll.
        keepAliveTimeout: 0,
      },
      (request, response) => this.#answer(request, response),
    )
    this.#server.maxHeadersCount = MOST_HEADERS
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** Resolves to the port; 0 asks the system for a free one. Throws `E_PORT_TAKEN` or `E_LISTEN`. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(host, port, error)))
      this.#server.listen({ host, port, backlog: LISTEN_BACKLOG }, () => resolve((this.#server.address() as AddressInfo).port))
    })
  }

  get connections(): number {
    return this.#sockets.size
  }

  /** Ends streams and held requests, then every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const transport of this.#transports) transport.close()
    this.#server.closeIdleConnections()
    setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, 200)
    await closed
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = parseTarget(request.url)
    const route = url === undefined ? undefined : this.#routes.get(url.pathname)
    if (hasBody(request)) return refuseBody(response)
    if (url === undefined)
      return sendJson(response, 400, JSON.stringify({ error: { expected: 'a path', got: String(request.url).slice(0, 100) } }))
    if (route === undefined) {
      if (!this.#upgrades.has(url.pathname)) return this.#sendUnknown(response, url.pathname)
      return sendJson(response, 426, JSON.stringify({ error: { expected: 'an upgrade to websocket' } }), { Upgrade: 'websocket' })
    }
    if (request.method !== 'GET') {
      return sendJson(response, 405, JSON.stringify({ error: { expected: 'GET', got: request.method } }), { Allow: 'GET' })
    }
    try {
      route(request, response, url.searchParams)
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error
      sendJson(response, 400, error.toJson())
    }
  }

  #sendUnknown(response: ServerResponse, path: string): void {
    const known = [...this.#routes.keys(), ...this.#upgrades.keys()]
    sendJson(response, 404, JSON.stringify({ error: { expected: `one of ${known.join(', ')}`, got: path.slice(0, 100) } }))
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A socket that breaks takes nothing with it but itself.
    socket.on('error', () => socket.destroy())
    const url = parseTarget(request.url)
    const handler = url === undefined ? undefined : this.#upgrades.get(url.pathname)
    if (url === undefined || handler === undefined)
      return refuseUpgrade(socket, '404 Not Found', JSON.stringify({ error: { expected: 'a path that upgrades' } }))
    try {
      handler(request, socket, head, url.searchParams)
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error
      refuseUpgrade(socket, '400 Bad Request', error.toJson())
    }
  }
}

const healthz: RouteHandler = (_request, response) => sendJson(response, 200, '{"status":"ok"}')

function parseTarget(target: string | undefined): URL | undefined {
  if (target === undefined || !target.startsWith('/')) return undefined
  return URL.parse === undefined ? tryParse(target) : (URL.parse(`http://feed${target}`) ?? undefined)
}

/** For Node versions without `URL.parse`. */
function tryParse(target: string): URL | undefined {
  try {
    return new URL(`http://feed${target}`)
  } catch {
    return undefined
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Nothing here takes a body, so none is read. */
function refuseBody(response: ServerResponse): void {
  sendJson(response, 413, JSON.stringify({ error: { expected: 'no body' } }), { Connection: 'close' })
}

function refuseUpgrade(socket: Duplex, status: string, body: string): void {
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function listenError(host: string, port: number, error: NodeJS.ErrnoException): FeedbenchError {
  const where = `${host}:${port}`
  if (error.code === 'EADDRINUSE') {
    return new FeedbenchError({
      code: 'E_PORT_TAKEN',
      where,
      message: 'expected a free port, but another program listens there',
      hint: 'choose another with --port, or 0 for any that is free',
    })
  }
  return new FeedbenchError({ code: 'E_LISTEN', where, message: `expected an address to listen at, got: ${error.message}` })
}
