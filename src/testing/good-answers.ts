import { createHash } from 'node:crypto'
import { chunk } from '../transports/http-stream.js'
import { textFrame } from '../transports/websocket/frame.js'

/** Three messages, the second with characters of two, three and four bytes and all that ends a line, a frame or a list. */
export const TEXTS = ['{"seq":1,"data":"a"}', '{"seq":2,"data":"é漢😀\\n}],{"}', `{"seq":3,"data":"${'z'.repeat(130)}"}`]
const MESSAGES = TEXTS.map((text) => Buffer.from(text))
const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const POLL_BODY = Buffer.from(`{"messages":[${TEXTS.join()}],"next":3}`)

/** What a correct server says to each client's first request, whole: the three messages. */
export const GOOD_ANSWERS: Record<string, (request: string) => Buffer> = {
  polling: () => Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${POLL_BODY.length}\r\n\r\n`), POLL_BODY]),
  'long-polling': () => Buffer.concat([Buffer.from(HEAD), chunk(POLL_BODY), Buffer.from('0\r\n\r\n')]),
  'http-streaming': () => Buffer.concat([Buffer.from(HEAD), ...MESSAGES.map((text) => chunk(text, '\n'))]),
  sse: () =>
    Buffer.concat([Buffer.from(HEAD), ...MESSAGES.map((text, index) => chunk(`:\n\nid: ${index + 1}\ndata: `, text, '\n\n'))]),
  websocket: (request) => Buffer.concat([webSocketHead(request), ...MESSAGES.map(textFrame)]),
}

/** The answer that a WebSocket client asks for; `headers` are further lines of it. */
export function webSocketHead(request: string, headers = ''): Buffer {
  const key = /^sec-websocket-key: (.+)\r$/im.exec(request)?.[1] ?? ''
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return Buffer.from(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${headers}\r\n`,
  )
}
