import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { FeedbenchError } from '../model/errors.js'
import type { Disconnected } from '../model/trial.js'
import { BadParameter, sendJson } from '../transports/query.js'
import type { RouteHandler, TransportServer, UpgradeHandler } from '../transports/transport.js'
import { connectionsAllowed } from './connection-limit.js'
import { PUBLISH_PATH, type TakePost } from './publish-route.js'
import { faultOf, hasBody, MOST_HEADERS } from './request-form.js'
import { SlowReaders } from './slow-readers.js'
import { MOST_WAITING, Turns } from './turns.js'
import { followsUnanswered } from './unanswered.js'

/** Connections that the kernel may hold before they are accepted; a thousand clients may come at once. */
const LISTEN_BACKLOG = 8_192
const LARGEST_HEADERS_BYTES = 16 << 10
/** How long clients may take to end what the server has ended. */
const CLOSE_PATIENCE_MS = 200

export interface ServerLimits {
  /** Connections at once; those beyond are closed at once, and counted. */
  maxConnections: number
  /** For how long something may wait for a client that takes nothing, in milliseconds. */
  slowReaderMs: number
  /** A client that does not get the head of its request out within this is cut off, in milliseconds. */
  slowestHeadersMs: number
  /** Takes what is posted to `/publish`; `null`: nobody may publish. */
  takePost: TakePost | null
}

/** Browsers and proxies stop for less than this, and a trial that is shorter than it must not lose a client to a rule. */
const SLOW_READER_MS = 30_000
const SLOWEST_HEADERS_MS = 10_000
/** How often it is looked whose request takes too long, at most. */
const LOOK_AT_HEADERS_MS = 2_000

/** One HTTP server over which the same feed is offered by every transport. */
export class FeedServer {
  readonly #server: Server
  readonly #transports: readonly TransportServer[]
  readonly #beforeAnswer: () => void
  readonly #routes = new Map<string, RouteHandler>([['/healthz', healthz]])
  readonly #upgrades = new Map<string, UpgradeHandler>()
  readonly #sockets = new Set<Socket>()
  readonly #slowReaders: SlowReaders
  readonly #takePost: TakePost | null
  #refused = 0

  /** `beforeAnswer` is called before a request is answered or upgraded, so that what is due can be published first. */
  constructor(
    transports: readonly TransportServer[],
    beforeAnswer: () => void = () => {},
    {
      maxConnections = connectionsAllowed(),
      slowReaderMs = SLOW_READER_MS,
      slowestHeadersMs = SLOWEST_HEADERS_MS,
      takePost = null,
    }: Partial<ServerLimits> = {},
  ) {
    this.#transports = transports
    this.#beforeAnswer = beforeAnswer
    this.#takePost = takePost
    for (const { routes, upgrades } of transports) {
      for (const [path, handler] of Object.entries(routes ?? {})) this.#routes.set(path, handler)
      for (const [path, handler] of Object.entries(upgrades ?? {})) this.#upgrades.set(path, handler)
    }
    const turns = new Turns(
      (request, response) => this.#answer(request, response),
      (_request, response) =>
        sendJson(response, 503, problem(`at most ${MOST_WAITING} requests at once`), { Connection: 'close' }),
    )
    this.#server = createServer(
      {
        maxHeaderSize: LARGEST_HEADERS_BYTES,
        headersTimeout: slowestHeadersMs,
        requestTimeout: slowestHeadersMs,
        connectionsCheckingInterval: Math.min(LOOK_AT_HEADERS_MS, slowestHeadersMs),
        noDelay: true,
        // 0: idle connections are kept. Node's own 5 s would make clients that poll less often connect for each poll.
        keepAliveTimeout: 0,
      },
      (request, response) => turns.take(request, response),
    )
    // Node drops those beyond without a word; one more than is allowed tells us that there were too many.
    this.#server.maxHeadersCount = MOST_HEADERS + 1
    this.#server.maxConnections = maxConnections
    this.#server.on('drop', () => {
      this.#refused++
    })
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    // Refused without a word of encouragement.
    this.#server.on('checkContinue', (request, response) => turns.take(request, response))
    this.#server.on('connect', (request, socket) => {
      if (followsUnanswered(request, socket)) socket.destroy()
      else refuse(socket, '405 Method Not Allowed', problem('GET', 'CONNECT'), 'Allow: GET\r\n')
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#slowReaders = new SlowReaders(this.#sockets, slowReaderMs)
  }

  /** Resolves to the port; 0 asks the system for a free one. Throws `E_PORT_TAKEN` or `E_LISTEN`. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const refuse = (error: NodeJS.ErrnoException) => reject(listenError(host, port, error))
      this.#server.once('error', refuse)
      this.#server.listen({ host, port, backlog: LISTEN_BACKLOG }, () => {
        this.#server.off('error', refuse)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  get connections(): number {
    return this.#sockets.size
  }

  /** What waits in this process for clients that do not take it, all together and for one at most; the kernel's own buffers not counted. */
  get buffered(): { bytes: number; mostBytes: number } {
    let [bytes, mostBytes] = [0, 0]
    for (const { writableLength } of this.#sockets) {
      bytes += writableLength
      if (writableLength > mostBytes) mostBytes = writableLength
    }
    return { bytes, mostBytes }
  }

  /** So far. */
  get disconnected(): Disconnected {
    return { slow: this.#slowReaders.disconnected, refused: this.#refused }
  }

  /** Ends streams and held requests, then every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const transport of this.#transports) transport.close()
    this.#server.closeIdleConnections()
    const impatience = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, CLOSE_PATIENCE_MS)
    await closed
    this.#slowReaders.stop()
    clearTimeout(impatience)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const fault = faultOf(request)
    if (fault !== undefined) return sendJson(response, fault.status, problem(fault.expected, fault.got), { Connection: 'close' })
    const url = parseTarget(request.url)
    if (this.#takePost !== null && request.method === 'POST' && url?.pathname === PUBLISH_PATH)
      return this.#takePost(request, response)
    // A body is not read, so no other request can follow it.
    if (hasBody(request)) response.setHeader('Connection', 'close')
    if (url === undefined) return sendJson(response, 400, problem('a path', request.url))
    const route = this.#routes.get(url.pathname)
    if (route === undefined && !this.#upgrades.has(url.pathname))
      return sendJson(response, 404, problem(this.#known, url.pathname))
    if (request.method !== 'GET') return sendJson(response, 405, problem('GET', request.method), { Allow: 'GET' })
    if (hasBody(request)) return sendJson(response, 413, problem('no body'))
    if (route === undefined) {
      return sendJson(response, 426, problem('an upgrade to websocket'), { Connection: 'Upgrade', Upgrade: 'websocket' })
    }
    this.#beforeAnswer()
    try {
      route(request, response, url.searchParams)
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error
      sendJson(response, 400, error.toJson())
    }
  }

  get #known(): string {
    return `one of ${[...this.#routes.keys(), ...this.#upgrades.keys()].join(', ')}`
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A socket that breaks takes nothing with it but itself.
    socket.on('error', () => socket.destroy())
    if (followsUnanswered(request, socket)) return void socket.destroy()
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return this.#answerPlainly(request, socket as Socket)
    const url = parseTarget(request.url)
    const handler = url === undefined ? undefined : this.#upgrades.get(url.pathname)
    if (url === undefined || handler === undefined || faultOf(request) !== undefined || hasBody(request))
      return this.#answerPlainly(request, socket as Socket)
    this.#beforeAnswer()
    try {
      handler(request, socket, head, url.searchParams)
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error
      refuse(socket, '400 Bad Request', error.toJson())
    }
  }

  /** An upgrade to what we do not speak, or do not speak there, is an offer that we pass over (RFC 9110 section 7.8): `curl --http2` begins with one. */
  #answerPlainly(request: IncomingMessage, socket: Socket): void {
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    response.once('finish', () => socket.destroySoon())
    socket.once('end', () => socket.end())
    socket.resume()
    this.#answer(request, response)
  }
}

const healthz: RouteHandler = (_request, response) => sendJson(response, 200, '{"status":"ok"}')

/** A path, or the absolute form that a server must take too (RFC 9112 section 3.2.2). */
function parseTarget(target = ''): URL | undefined {
  const isAbsolute = /^http:\/\//i.test(target)
  if (!isAbsolute && !target.startsWith('/')) return undefined
  try {
    return new URL(isAbsolute ? target : `http://feed${target}`)
  } catch {
    return undefined
  }
}

function problem(expected: string, got?: string): string {
  return JSON.stringify({ error: { expected, got: got?.slice(0, 100) } })
}

/** Answers on a socket that node:http has let go of, and ends it whatever the client does. */
function refuse(socket: Duplex, status: string, body: string, headers = ''): void {
  const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${length}${headers}Connection: close\r\n\r\n${body}`)
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
  const hint = 'use 127.0.0.1 or another address of this machine, and a port of 1024 or above'
  return new FeedbenchError({ code: 'E_LISTEN', where, message: `expected an address to listen at, got: ${error.message}`, hint })
}
