import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DashboardPage } from './messages.js'

const HOST = '127.0.0.1'
/** Of connections, and of those that follow the run: a page or a few, on this machine. */
const MOST_CONNECTIONS = 32
const MOST_FOLLOWERS = 8
/** A page that takes nothing for as many views is one that nobody sees. */
const MOST_MISSED = 30
const PATIENCE_MS = 5_000

const HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

interface Follower {
  response: ServerResponse
  missed: number
}

/**
 * Shows a run to browsers on this machine: its page, and what happens as server-sent events, each a view of the whole. On loopback only; whoever asks under another name than
 * loopback's, or from another site's page, is refused, so that no page of the web can read a run by a name of its own that leads here.
 */
export class DashboardServer {
  readonly #page: DashboardPage
  readonly #followers = new Set<Follower>()
  readonly #onFollowers: (count: number) => void
  readonly #server = createServer(
    { maxHeaderSize: 8_192, headersTimeout: PATIENCE_MS, requestTimeout: PATIENCE_MS, connectionsCheckingInterval: 1_000 },
    (request, response) => this.#answer(request, response),
  )
  #last: string | null = null

  /** `onFollowers` hears how many pages follow the run whenever that changes. */
  constructor(page: DashboardPage, onFollowers: (count: number) => void = () => {}) {
    this.#page = page
    this.#onFollowers = onFollowers
    this.#server.maxConnections = MOST_CONNECTIONS
    this.#server.keepAliveTimeout = PATIENCE_MS
  }

  /** Resolves to the port; 0 asks the system for a free one. Rejects with what the system says. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host: HOST, port }, () => resolve(this.#port))
    })
  }

  /** Tells those that follow, and whoever comes later. What one has not taken yet is not queued: the next view has it all. */
  tell(event: 'view' | 'end', data: string): void {
    this.#last = `event: ${event}\ndata: ${data}\n\n`
    for (const follower of this.#followers) {
      const { response } = follower
      if (!response.writableNeedDrain || event === 'end') {
        follower.missed = 0
        response.write(this.#last)
      } else if (++follower.missed > MOST_MISSED) response.destroy()
    }
  }

  /** Ends what is open, once the last word is out. */
  close(): Promise<void> {
    for (const { response } of this.#followers) response.end()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      setTimeout(() => this.#server.closeAllConnections(), 500)
    })
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#refusalOf(request)
    if (refusal !== null) return refuse(response, ...refusal)
    if (request.url === '/events') return this.#follow(request, response)
    response.writeHead(200, {
      ...HEADERS,
      'Content-Security-Policy': `${this.#page.policy}; frame-ancestors 'none'`,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': Buffer.byteLength(this.#page.text),
    })
    response.end(request.method === 'HEAD' ? undefined : this.#page.text)
  }

  /** Status and sentence, where it is not to be answered. */
  #refusalOf({ method, url, headers }: IncomingMessage): [status: number, sentence: string] | null {
    const { host = '', origin } = headers
    const ours = [HOST, 'localhost', '[::1]'].map((name) => `${name}:${this.#port}`)
    if (!ours.includes(host.toLowerCase())) return [403, `expected the host ${ours[0]}, got another`]
    const site = headers['sec-fetch-site']
    if (origin !== undefined && !ours.some((name) => origin === `http://${name}`))
      return [403, 'expected no page of another site']
    // A link from elsewhere may lead here: what it opens is a page of ours.
    if (site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') return [403, 'expected no page of another site']
    if (method !== 'GET' && method !== 'HEAD') return [405, 'expected GET']
    return url === '/' || (url === '/events' && method === 'GET') ? null : [404, 'expected / or /events']
  }

  #follow(request: IncomingMessage, response: ServerResponse): void {
    if (this.#followers.size >= MOST_FOLLOWERS) return refuse(response, 503, `expected at most ${MOST_FOLLOWERS} pages at once`)
    const follower = { response, missed: 0 }
    this.#followers.add(follower)
    this.#onFollowers(this.#followers.size)
    response.once('close', () => {
      this.#followers.delete(follower)
      this.#onFollowers(this.#followers.size)
    })
    request.socket.setTimeout(0)
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream', Connection: 'close' })
    response.write(`retry: 1000\n\n${this.#last ?? ''}`)
  }
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  const allow = status === 405 ? { Allow: 'GET, HEAD' } : {}
  response.writeHead(status, { ...HEADERS, ...allow, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
  response.end(`${sentence}\n`)
}
