import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { LogEntry } from '../../feed/log.js'
import { Fanout } from '../fanout.js'
import { allowParameters, cursorParameter } from '../query.js'
import type { MountServer, ServerContext, TransportServer, UpgradeHandler } from '../transport.js'
import { textFrame } from './frame.js'
import type { WebSocketOptions } from './options.js'
import { answerPings } from './pongs.js'

/** What a client may send in one message: it has nothing to say but control frames. */
const LARGEST_MESSAGE_BYTES = 4_096
/** Close frame with 1001, going away. */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])

/** `GET /ws?after=<seq>`, upgraded: a text message each. */
export const mount: MountServer<WebSocketOptions> = (context, options) => {
  const webSockets = new WebSocketServer({
    WebSocket: AcceptedWebSocket,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: options.compression,
    maxPayload: LARGEST_MESSAGE_BYTES,
    autoPong: false,
  })
  // Without compression a frame is the same for all clients, and is made once; a deflate stream is each connection's own.
  return options.compression ? compressed(webSockets, context) : plain(webSockets, context, options)
}

function plain(webSockets: WebSocketServer, { log }: ServerContext, { coalesce }: WebSocketOptions): TransportServer {
  const fanout = new Fanout({ log, coalesce, frame: ({ text }) => textFrame(text) })
  return {
    upgrades: {
      '/ws': upgrade(webSockets, (webSocket, socket, after) => {
        webSocket.onClosing = () => fanout.remove(socket)
        fanout.add(socket, after)
      }),
    },
    counters: () => fanout.counters(),
    close: () => fanout.close(GOING_AWAY),
  }
}

/**
 * Tells when it begins to close, for which ws has no event: after a close frame, its own or the client's, a server has nothing more to say
 * (RFC 6455 section 5.5.1). ws answers a client's close frame, and one that breaks the protocol, by its own `close`.
 */
class AcceptedWebSocket extends WebSocket {
  onClosing: () => void = () => {}

  override close(code?: number, reason?: string | Buffer): void {
    this.onClosing()
    super.close(code, reason)
  }
}

/** A client whose deflate stream has this much waiting is not given more until it drains. */
const MOST_BUFFERED_BYTES = 1 << 16

function compressed(webSockets: WebSocketServer, { log }: ServerContext): TransportServer {
  const subscribers = new Map<WebSocket, number>()
  let messagesWritten = 0
  let evicted = 0
  const send = (webSocket: WebSocket, { position, text }: LogEntry) => {
    subscribers.set(webSocket, position)
    messagesWritten++
    webSocket.send(text, { binary: false }, () => catchUp(webSocket))
  }
  const catchUp = (webSocket: WebSocket) => {
    for (
      let cursor = subscribers.get(webSocket);
      cursor !== undefined && cursor < log.newest;
      cursor = subscribers.get(webSocket)
    ) {
      if (!isOpen(webSocket) || webSocket.bufferedAmount > MOST_BUFFERED_BYTES) return
      const read = log.read(cursor, { messages: 1, bytes: Number.MAX_SAFE_INTEGER })
      evicted += read.evicted
      send(webSocket, read.entries[0] as LogEntry)
    }
  }
  const unsubscribe = log.subscribe(() => {
    for (const webSocket of subscribers.keys()) catchUp(webSocket)
  })
  return {
    upgrades: {
      '/ws': upgrade(webSockets, (webSocket, _socket, after) => {
        subscribers.set(webSocket, after ?? log.newest)
        webSocket.once('close', () => subscribers.delete(webSocket))
        catchUp(webSocket)
      }),
    },
    // ws hands a compressed frame to the socket by itself, one write each.
    counters: () => ({ writes: messagesWritten, messagesWritten, evicted }),
    close() {
      unsubscribe()
      for (const webSocket of subscribers.keys()) webSocket.close(1001)
    },
  }
}

function isOpen({ readyState }: WebSocket): boolean {
  return readyState === WebSocket.OPEN
}

function upgrade(
  webSockets: WebSocketServer,
  subscribe: (webSocket: AcceptedWebSocket, socket: Duplex, after: number | null) => void,
): UpgradeHandler {
  return (request, socket, head, query) => {
    allowParameters(query, ['after'])
    const after = cursorParameter(query)
    if (request.headers['sec-websocket-version'] !== '13') return refuseVersion(socket)
    webSockets.handleUpgrade(request, socket, head, (accepted) => {
      const webSocket = accepted as AcceptedWebSocket
      // A frame that breaks the protocol closes the connection, which is all there is to do.
      webSocket.on('error', () => {})
      answerPings(webSocket)
      subscribe(webSocket, socket, after)
    })
  }
}

/** RFC 6455 section 4.4. */
function refuseVersion(socket: Duplex): void {
  socket.once('finish', () => socket.destroy())
  const head =
    'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n'
  const body = '{"error":{"parameter":"Sec-WebSocket-Version","expected":"13"}}'
  socket.end(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
}
