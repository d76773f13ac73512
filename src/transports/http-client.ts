import { closeWithPatience } from '../network/close-patience.js'
import type { CountedSocket } from '../network/counted-socket.js'
import type { Arrival } from '../network/poll-clock.js'
import { BadResponse } from './http-head.js'
import { ResponseReader } from './http-response.js'
import type { ClientContext } from './transport.js'

export interface ResponseHandler {
  onStart(status: number): void
  /** May throw, which cuts the response off and comes back as `onError`. */
  onData(chunk: Buffer, arrival: Arrival): void
  onEnd(arrival: Arrival): void
  /** Called at most once, and not after `onEnd`; not for what `close` cuts off. */
  onError(error: Error): void
}

/**
 * The HTTP connection of one simulated subscriber: one request at a time, kept alive, dialled again if it was lost. Our own, because a library's
 * agents, queues and streams cost the driver more than all that it measures (docs/benchmarks.md has both).
 */
export class HttpClient {
  readonly #dial: () => CountedSocket
  readonly #fields: string
  #connection: Connection | null = null
  #isClosed = false

  constructor({ target: { host, port }, dial, headers }: Pick<ClientContext, 'target' | 'dial' | 'headers'>) {
    this.#dial = dial
    this.#fields = `host: ${host.includes(':') ? `[${host}]` : host}:${port}\r\nconnection: keep-alive\r\n${fieldLines(headers.flat())}`
  }

  /** Not before the last response is over. `headers`: names and values in turn. */
  get(path: string, handler: ResponseHandler, headers: readonly string[] = []): void {
    if (this.#isClosed) return
    if (this.#connection === null || this.#connection.isSpent) this.#connection = new Connection(this.#dial())
    this.#connection.send(`GET ${path} HTTP/1.1\r\n${this.#fields}${fieldLines(headers)}\r\n`, null, handler)
  }

  /** A request with a body, such as POST; otherwise as `get`. */
  send(method: string, path: string, body: Buffer, handler: ResponseHandler, headers: readonly string[] = []): void {
    if (this.#isClosed) return
    if (this.#connection === null || this.#connection.isSpent) this.#connection = new Connection(this.#dial())
    const head = `${method} ${path} HTTP/1.1\r\n${this.#fields}${fieldLines(headers)}content-length: ${body.length}\r\n\r\n`
    this.#connection.send(head, body, handler)
  }

  /** Ends the connection and reads on until the server has ended it too, so that its last bytes are counted. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#connection?.close()
  }

  /** Cuts the connection off, for a peer whose words make no sense. */
  abort(error: Error): void {
    this.#connection?.abort(error)
  }
}

class Connection {
  readonly #socket: CountedSocket
  readonly #responses: ResponseReader
  /** Of the response that is awaited. */
  #handler: ResponseHandler | null = null
  #failure: Error | null = null
  #isClosing = false
  #isCutOff = false
  /** Nothing more can be asked over it. */
  isSpent = false

  constructor(socket: CountedSocket) {
    this.#socket = socket
    this.#responses = new ResponseReader({
      onHead: (status, bytes) => {
        socket.countHead(bytes)
        this.#handler?.onStart(status)
      },
      onBody: (bytes) => this.#tell(bytes),
      onEnd: (isLast) => this.#end(isLast),
    })
    socket.readWith((chunk) => this.#parse(chunk))
    socket.on('end', () => {
      this.isSpent = true
      this.#parse(null)
    })
    socket.on('error', (error) => {
      this.#failure ??= error
    })
    socket.once('close', () => this.#lost())
  }

  send(head: string, body: Buffer | null, handler: ResponseHandler): void {
    this.#handler = handler
    this.#socket.countHeadSent(head.length)
    if (body === null) this.#socket.write(head, 'latin1')
    else this.#socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]))
  }

  async close(): Promise<void> {
    this.#isClosing = true
    const socket = this.#socket
    if (socket.closed) return
    await closeWithPatience(
      socket,
      () => socket.end(),
      () => socket.destroy(),
    )
  }

  abort(error: Error): void {
    this.isSpent = true
    this.#isCutOff = true
    this.#failure ??= error
    this.#socket.destroy()
  }

  /** `null`: the end. */
  #parse(chunk: Buffer | null): void {
    // Cutting it off hands on what still waits, which makes no more sense than what came before it, or less.
    if (this.#isCutOff) return
    // What comes unasked ends the connection; there is nobody to be told.
    if (this.#handler === null && !this.isSpent) return this.abort(new BadResponse('expected nothing, got bytes'))
    try {
      if (chunk === null) this.#responses.end()
      else this.#responses.push(chunk)
    } catch (error) {
      if (!(error instanceof BadResponse)) throw error
      this.abort(error)
    }
  }

  #tell(bytes: Buffer): void {
    if (this.#socket.destroyed) return
    try {
      this.#handler?.onData(bytes, this.#socket.arrival)
    } catch (error) {
      throw new BadResponse((error as Error).message, { cause: error })
    }
  }

  #end(isLast: boolean): void {
    const handler = this.#handler
    this.#handler = null
    if (isLast) {
      this.isSpent = true
      this.#socket.end()
    }
    handler?.onEnd(this.#socket.arrival)
  }

  #lost(): void {
    this.isSpent = true
    const handler = this.#handler
    this.#handler = null
    if (!this.#isClosing) handler?.onError(this.#failure ?? new Error('expected an answer, got the end of the connection'))
  }
}

/** Gathers the bodies of responses that are to be read as a whole, one after another; one that is too long is cut off as an error. */
export function whole(
  done: (status: number, body: Buffer, arrival: Arrival) => void,
  onError: (error: Error) => void,
): ResponseHandler {
  let body: Buffer = NO_BYTES
  /** All chunks where there are several. */
  let chunks: Buffer[] | null = null
  let status = 0
  let length = 0
  return {
    onStart: (code) => {
      status = code
      body = NO_BYTES
      chunks = null
      length = 0
    },
    onData(chunk) {
      length += chunk.length
      if (length > LARGEST_BODY_BYTES) throw new Error(`expected a response of at most ${LARGEST_BODY_BYTES} bytes, got more`)
      if (length === chunk.length) body = chunk
      else {
        chunks ??= [body]
        chunks.push(chunk)
      }
    },
    onEnd(arrival) {
      const all = chunks === null ? body : Buffer.concat(chunks)
      // Until the next answer it would only be kept and moved by the collector, once for each client.
      body = NO_BYTES
      chunks = null
      done(status, all, arrival)
    },
    onError,
  }
}

const NO_BYTES = Buffer.alloc(0)

/** A full response and its envelope. */
const LARGEST_BODY_BYTES = 4 << 20

function fieldLines(namesAndValues: readonly string[]): string {
  let lines = ''
  for (let index = 0; index < namesAndValues.length; index += 2)
    lines += `${namesAndValues[index]}: ${namesAndValues[index + 1]}\r\n`
  return lines
}
