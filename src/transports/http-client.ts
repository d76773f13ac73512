import { Client } from 'undici'
import type { CountedSocket } from '../network/counted-socket.js'
import type { Arrival } from '../network/poll-clock.js'
import type { ClientContext } from './transport.js'

export interface ResponseHandler {
  onStart(status: number): void
  /** May throw, which cuts the response off and comes back as `onError`. */
  onData(chunk: Buffer, arrival: Arrival): void
  onEnd(arrival: Arrival): void
  /** Called at most once, and not after `onEnd`; not for what `close` cuts off. */
  onError(error: Error): void
}

/** Longer than any trial: it is for the server to close idle connections, and ours does not. */
const NEVER_MS = 2 ** 31 - 1
/** How long a server may take to answer the end of a connection with its own. */
const CLOSE_PATIENCE_MS = 1_000

/** The HTTP connection of one simulated subscriber: one request at a time, kept alive, dialled again if it was lost. */
export class HttpClient {
  readonly #client: Client
  readonly #headers: string[]
  #socket: CountedSocket | undefined
  #isClosed = false

  constructor({ target, dial, headers }: Pick<ClientContext, 'target' | 'dial' | 'headers'>) {
    this.#headers = headers.flat()
    this.#client = new Client(`http://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`, {
      connect: (_options, callback) => {
        const socket = dial()
        this.#socket = socket
        const onError = (error: Error) => callback(error, null)
        socket.once('error', onError)
        socket.once('connect', () => {
          socket.off('error', onError)
          callback(null, socket)
        })
      },
      pipelining: 1,
      keepAliveTimeout: NEVER_MS,
      keepAliveMaxTimeout: NEVER_MS,
      // undici's timers are good to half a second only, and a held poll or a stream has no usual duration.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  get(path: string, handler: ResponseHandler, headers: string[] = []): void {
    this.#client.dispatch(
      { path, method: 'GET', headers: headers.length === 0 ? this.#headers : [...this.#headers, ...headers] },
      {
        onRequestStart() {},
        onResponseStart: (_controller, status) => handler.onStart(status),
        onResponseData: (_controller, chunk) => handler.onData(chunk, this.#arrival),
        onResponseEnd: () => handler.onEnd(this.#arrival),
        onResponseError: (_controller, error) => {
          if (!this.#isClosed) handler.onError(error)
        },
      },
    )
  }

  /** Ends the connection and reads on until the server has ended it too, so that its last bytes are counted. */
  async close(): Promise<void> {
    this.#isClosed = true
    const socket = this.#socket
    if (socket !== undefined && !socket.closed) {
      await new Promise<void>((resolve) => {
        const impatience = setTimeout(() => socket.destroy(), CLOSE_PATIENCE_MS).unref()
        socket.once('close', () => {
          clearTimeout(impatience)
          resolve()
        })
        socket.end()
      })
    }
    await this.#client.destroy()
  }

  /** Cuts the connection off, for a peer whose words make no sense. */
  abort(error: Error): void {
    this.#socket?.destroy(error)
  }

  get #arrival(): Arrival {
    return (this.#socket as CountedSocket).arrival
  }
}

/** Gathers the body of a response that is to be read as a whole; one that is too long is cut off as an error. */
export function whole(
  done: (status: number, body: Buffer, arrival: Arrival) => void,
  onError: (error: Error) => void,
): ResponseHandler {
  const chunks: Buffer[] = []
  let status = 0
  let length = 0
  return {
    onStart: (code) => {
      status = code
    },
    onData(chunk) {
      length += chunk.length
      if (length > LARGEST_BODY_BYTES) throw new Error(`expected a response of at most ${LARGEST_BODY_BYTES} bytes, got more`)
      chunks.push(chunk)
    },
    onEnd: (arrival) => done(status, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), arrival),
    onError,
  }
}

/** A full response and its envelope. */
const LARGEST_BODY_BYTES = 4 << 20
