import { CLOSE_PATIENCE_MS, closeWithPatience } from '../../network/close-patience.js'
import type { CountedSocket } from '../../network/counted-socket.js'
import { BadResponse, HeadReader } from '../http-head.js'
import { OWN_SURFACES, streamPath } from '../surface.js'
import type { ClientContext, ClientSink, OpenClient, Session } from '../transport.js'
import { CLOSE, clientFrame, PING, PONG, TEXT } from './client-frame.js'
import { openCompressed } from './compressed-client.js'
import { BadFrame, FrameReader } from './frame-reader.js'
import { handshake } from './handshake.js'
import { Heartbeat } from './heartbeat.js'
import type { WebSocketOptions } from './options.js'

/** Reads text messages over an upgraded connection. */
export const open: OpenClient<WebSocketOptions> = (context, sink) =>
  context.options.compression ? openCompressed(context, sink) : new WebSocketSession(context, sink)

const NO_PAYLOAD = Buffer.alloc(0)
const NORMAL = 1000
const NO_CODE = 1005
const PROTOCOL_ERROR = 1002

/**
 * A WebSocket of our own that reads straight from the socket: a library's costs the driver more than reading and recording do
 * (docs/benchmarks.md has both).
 */
class WebSocketSession implements Session {
  readonly #socket: CountedSocket
  readonly #head = new HeadReader()
  readonly #frames: FrameReader
  #state: 'connecting' | 'open' | 'closing' = 'connecting'
  #isClosed = false
  #isBroken = false
  #failure: Error | null = null
  #heartbeat: Heartbeat | undefined

  constructor(context: ClientContext<WebSocketOptions>, sink: ClientSink) {
    const { target, after, dial, headers, clock, surface = OWN_SURFACES.websocket } = context
    sink.requested(clock.nowUs())
    const socket = dial()
    this.#socket = socket
    this.#frames = new FrameReader({
      onMessage: (text) => sink.message(text, socket.arrival),
      onPing: (payload) => this.#pong(payload),
      onClose: (code) => this.#closedByServer(code),
    })
    const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
    const { request, verify } = handshake(streamPath(surface, after), authority, headers, surface.protocol)
    const upgrade = (chunk: Buffer) => {
      const read = this.#head.push(chunk)
      if (read === null) return
      socket.countHead(read.bytes)
      verify(read.head)
      this.#state = 'open'
      this.#heartbeat = this.#startPinging(context)
      if (surface.send !== null) socket.write(clientFrame(TEXT, Buffer.from(surface.send)))
      sink.subscribed(null)
      if (read.endAt < chunk.length) this.#frames.push(chunk.subarray(read.endAt))
    }
    socket.readWith((chunk) => {
      this.#heartbeat?.heard()
      this.#read(() => (this.#state === 'connecting' ? upgrade(chunk) : this.#frames.push(chunk)))
    })
    socket.on('error', (error) => {
      this.#failure ??= error
    })
    socket.once('close', () => {
      this.#heartbeat?.stop()
      const awaited = this.#state === 'connecting' ? 'an answer' : 'a close frame'
      if (!this.#isClosed) sink.lost(this.#failure ?? new Error(`expected ${awaited}, got the end of the connection`))
    })
    socket.countHeadSent(request.length)
    socket.write(request, 'latin1')
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#heartbeat?.stop()
    const socket = this.#socket
    if (socket.closed) return
    const ask = () => (this.#state === 'connecting' ? void socket.destroy() : this.#sendClose(NORMAL))
    await closeWithPatience(socket, ask, () => socket.destroy())
  }

  #startPinging(context: ClientContext<WebSocketOptions>): Heartbeat | undefined {
    const { ping } = context.options
    if (ping === null) return undefined
    return new Heartbeat(ping, context, {
      sendPing: () => {
        if (this.#state === 'open' && !this.#socket.writableNeedDrain) this.#socket.write(clientFrame(PING, NO_PAYLOAD))
      },
      expire: (error) => {
        this.#failure ??= error
        this.#socket.destroy()
      },
    })
  }

  #read(read: () => void): void {
    // What follows nonsense is not read: there is no telling where it begins.
    if (this.#socket.destroyed || this.#isBroken) return
    try {
      read()
    } catch (error) {
      if (!(error instanceof BadFrame || error instanceof BadResponse)) throw error
      this.#isBroken = true
      this.#failure ??= error
      if (this.#state === 'connecting') this.#socket.destroy()
      else {
        this.#endBy(PROTOCOL_ERROR)
        // Whoever has sent nonsense may go on with it for ever.
        this.#socket.destroySoon()
      }
    }
  }

  /** To a server that does not read its pongs, no more are sent (RFC 6455 section 5.5.3 asks for the newest only). */
  #pong(payload: Buffer): void {
    if (this.#state === 'open' && !this.#socket.writableNeedDrain) this.#socket.write(clientFrame(PONG, payload))
  }

  #closedByServer(code: number): void {
    this.#failure ??= new Error(`closed with code ${code}`)
    this.#endBy(code)
  }

  /** It is for the server to end the connection; one that does not is not waited for. */
  #endBy(code: number): void {
    this.#sendClose(code)
    setTimeout(() => this.#socket.destroy(), CLOSE_PATIENCE_MS).unref()
  }

  /** Once only: nothing may follow a close frame. */
  #sendClose(code: number): void {
    if (this.#state === 'closing' || !this.#socket.writable) return
    this.#state = 'closing'
    const payload = Buffer.alloc(code === NO_CODE ? 0 : 2)
    if (payload.length > 0) payload.writeUInt16BE(code)
    this.#socket.write(clientFrame(CLOSE, payload))
  }
}
