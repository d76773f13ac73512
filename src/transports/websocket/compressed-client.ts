import { WebSocket } from 'ws'
import { closeWithPatience } from '../../network/close-patience.js'
import type { CountedSocket } from '../../network/counted-socket.js'
import type { Arrival } from '../../network/poll-clock.js'
import { OWN_SURFACES, streamPath } from '../surface.js'
import type { OpenClient } from '../transport.js'
import { FrameCounter } from './frame-counter.js'
import { Heartbeat } from './heartbeat.js'
import type { PingOptions, WebSocketOptions } from './options.js'

/** Where a peer announces more, or a few bytes inflate to more, memory must have an end. A message is 1 MiB at most. */
const LARGEST_MESSAGE_BYTES = 2 << 20

/** Reads compressed messages over an upgraded connection, with ws, whose inflating takes turns of the loop. */
export const openCompressed: OpenClient<WebSocketOptions> = (context, sink) => {
  const { target, after, dial, headers, clock, surface = OWN_SURFACES.websocket } = context
  const { ping } = context.options
  let heartbeat: Heartbeat | undefined
  let socket: CountedSocket
  let isClosed = false
  let failure: Error | null = null
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  sink.requested(clock.nowUs())
  const protocols = surface.protocol === null ? [] : [surface.protocol]
  const webSocket = new WebSocket(`ws://${host}:${target.port}${streamPath(surface, after)}`, protocols, {
    createConnection: () => {
      socket = dial()
      return socket
    },
    headers: Object.fromEntries(headers),
    perMessageDeflate: true,
    maxPayload: LARGEST_MESSAGE_BYTES,
    // Validating UTF-8 is the application's matter here, and would be charged to the driver.
    skipUTF8Validation: true,
  })
  webSocket.binaryType = 'nodebuffer'
  const arrivals: Arrival[] = []
  webSocket.on('open', () => {
    noteArrivals(socket, arrivals)
    if (ping !== null) heartbeat = startPinging(ping)
    if (surface.send !== null) webSocket.send(surface.send)
    sink.subscribed(null)
  })
  webSocket.on('message', (data) => sink.message(data as Buffer, arrivals.shift() ?? socket.arrival))
  webSocket.on('error', (error) => {
    failure = error
  })
  webSocket.on('close', (code) => {
    heartbeat?.stop()
    if (!isClosed) sink.lost(failure ?? new Error(`closed with code ${code}`))
  })
  const startPinging = (options: PingOptions) => {
    const started = new Heartbeat(options, context, {
      sendPing() {
        if (webSocket.readyState === WebSocket.OPEN) webSocket.ping()
      },
      expire(error) {
        failure = error
        webSocket.terminate()
      },
    })
    socket.prependListener('data', () => started.heard())
    return started
  }
  return {
    async close() {
      isClosed = true
      heartbeat?.stop()
      if (webSocket.readyState === WebSocket.CLOSED) return
      await closeWithPatience(
        webSocket,
        () => webSocket.close(1000),
        () => webSocket.terminate(),
      )
    },
  }
}

/**
 * Inflating takes turns of the loop, so that a message comes out when the socket may have read on: the arrival of each message's last byte is kept
 * from when it was read. The listener goes before that of ws, and is added when that one is there: alone, it would take what came with the answer to the upgrade.
 */
function noteArrivals(socket: CountedSocket, arrivals: Arrival[]): void {
  const frames = new FrameCounter()
  socket.prependListener('data', (chunk: Buffer) => {
    for (let left = frames.push(chunk); left > 0; left--) arrivals.push(socket.arrival)
  })
}
