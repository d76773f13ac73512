import { WebSocket } from 'ws'
import type { OutletParts } from './post-outlet.js'
import type { Posting } from './posting.js'

/** Beyond this the server does not keep up: what is due waits here, and is late. */
const MOST_BUFFERED_BYTES = 1 << 20
/** Before a lost connection is opened again. */
const RETRY_AFTER_MS = 250

/** Sends each message as a text over one connection, in order. A message counts as published once it is written. */
export class WebSocketOutlet implements Posting {
  readonly name = 'WebSocket'
  readonly #parts: OutletParts
  #socket: WebSocket
  #unanswered = 0
  #isClosed = false

  constructor(parts: OutletParts) {
    this.#parts = parts
    this.#socket = this.#open()
  }

  get unanswered(): number {
    return this.#unanswered
  }

  canTake(): boolean {
    return this.#socket.readyState === WebSocket.OPEN && this.#socket.bufferedAmount < MOST_BUFFERED_BYTES
  }

  publish(text: Buffer, position: number): void {
    const { clock, onResult, onFree } = this.#parts
    const sentUs = clock.nowUs()
    this.#unanswered++
    this.#socket.send(text, { binary: false }, (error) => {
      this.#unanswered--
      onResult({ position, error: error?.message ?? null, roundTripUs: clock.nowUs() - sentUs })
      onFree()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#socket.terminate()
  }

  #open(): WebSocket {
    const { target, publish, dial, onFree } = this.#parts
    const host = target.host.includes(':') ? `[${target.host}]` : target.host
    const socket = new WebSocket(`ws://${host}:${target.port}${publish.path}`, {
      createConnection: () => dial(),
      headers: Object.fromEntries(publish.headers),
      perMessageDeflate: false,
    })
    socket.on('open', onFree)
    // What a server says back is its own affair; why a connection ends comes with the messages that it takes with it.
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#isClosed) return
      setTimeout(() => {
        if (!this.#isClosed) this.#socket = this.#open()
      }, RETRY_AFTER_MS)
    })
    return socket
  }
}
