import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { chunk } from '../transports/http-stream.js'
import { textFrame } from '../transports/websocket/frame.js'

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const STREAM = (type: string) => `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`

/** For how long clients that are to ask are waited for. */
const LOOK_EVERY_MS = 5
const MOST_LOOKS = 1_000

/** How messages of known numbers are said over a transport. */
export interface Dialect {
  transport: string
  options: Record<string, unknown>
  /** Whether a client must have asked before it is told anything. */
  isPulled: boolean
  /** What is said to a request at once; a poll that gets nothing is answered by `say`. */
  greet(request: string): string
  /** Messages in one write: their texts, and the number of the last. */
  say(texts: readonly Buffer[], numbers: readonly number[]): Buffer
}

export const DIALECTS: readonly Dialect[] = [
  {
    transport: 'http-streaming',
    isPulled: false,
    options: { coalesce: false },
    greet: () => STREAM('application/x-ndjson'),
    say: (texts) => Buffer.concat(texts.map((text) => chunk(text, '\n'))),
  },
  {
    transport: 'sse',
    isPulled: false,
    options: { coalesce: false, heartbeatUs: 15e6 },
    greet: () => STREAM('text/event-stream'),
    say: (texts, numbers) => Buffer.concat(texts.map((text, index) => chunk(`id: ${numbers[index]}\ndata: `, text, '\n\n'))),
  },
  {
    transport: 'websocket',
    isPulled: false,
    options: { coalesce: false, compression: false, ping: null },
    greet: (request) => {
      const key = /^sec-websocket-key: (.+)\r$/im.exec(request)?.[1] ?? ''
      const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
      return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
    },
    say: (texts) => Buffer.concat(texts.map(textFrame)),
  },
  {
    transport: 'long-polling',
    isPulled: true,
    options: { holdUs: 30e6 },
    // Without a cursor a client asks where the feed is; with one it is held, until there is something to say.
    greet: (request) => (request.includes('after=') ? '' : answer('{"messages":[],"next":0}')),
    say: (texts, numbers) => Buffer.from(answer(`{"messages":[${texts.join()}],"next":${numbers.at(-1) ?? 0}}`)),
  },
]

function answer(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** A server that says what it is told to, whether or not that is a feed. */
export class LyingServer {
  readonly #server: Server
  /** Whether each has asked, and waits for an answer. */
  readonly #sockets = new Map<Socket, boolean>()
  readonly #dialect: Dialect

  private constructor(dialect: Dialect) {
    this.#dialect = dialect
    this.#server = createServer({ noDelay: true }, (socket) => this.#take(socket))
  }

  static async listen(dialect: Dialect): Promise<LyingServer> {
    const liar = new LyingServer(dialect)
    liar.#server.listen(0, '127.0.0.1')
    await once(liar.#server, 'listening')
    return liar
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** To every client, in one write each, once all of them wait for it; those that do not ask within some seconds are told nothing. */
  async say(texts: readonly Buffer[], numbers: readonly number[]): Promise<void> {
    const bytes = this.#dialect.say(texts, numbers)
    for (let look = 0; look < MOST_LOOKS && this.#isAwaited; look++) await sleep(LOOK_EVERY_MS)
    for (const [socket, waits] of this.#sockets) {
      if (!waits) continue
      socket.write(bytes)
      this.#sockets.set(socket, !this.#dialect.isPulled)
    }
  }

  get #isAwaited(): boolean {
    return [...this.#sockets.values()].includes(false)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.keys()) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #take(socket: Socket): void {
    this.#sockets.set(socket, false)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
    let head = ''
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1')
      for (let end = head.indexOf('\r\n\r\n'); end >= 0; end = head.indexOf('\r\n\r\n')) {
        const greeting = this.#dialect.greet(head.slice(0, end + 4))
        head = head.slice(end + 4)
        if (greeting !== '') socket.write(greeting)
        this.#sockets.set(socket, greeting === '' || !this.#dialect.isPulled)
      }
    })
  }
}
