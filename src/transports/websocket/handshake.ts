import { createHash, randomBytes } from 'node:crypto'
import { BadResponse, type ResponseHead } from '../http-head.js'

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** A request to upgrade, and the check of what comes back. */
export interface Handshake {
  request: string
  /** Throws `BadResponse` where the answer is no upgrade to WebSocket, or brings an extension or protocol that was not asked for. */
  verify(head: ResponseHead): void
}

/** RFC 6455 section 4.1. */
export function handshake(path: string, host: string, headers: readonly [name: string, value: string][]): Handshake {
  const key = randomBytes(16).toString('base64')
  const lines = [
    `GET ${path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Host: ${host}`,
  ]
  return { request: `${lines.join('\r\n')}\r\n\r\n`, verify: (head) => verify(head, key) }
}

function verify({ status, fields }: ResponseHead, key: string): void {
  if (status !== 101) throw new BadResponse(`expected status 101, got ${status}`)
  const upgrade = fields.get('upgrade') ?? 'none'
  if (upgrade.toLowerCase() !== 'websocket')
    throw new BadResponse(`expected an upgrade to websocket, got ${JSON.stringify(upgrade)}`)
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  if (fields.get('sec-websocket-accept') !== accept) throw new BadResponse('expected the answer to our key, got another or none')
  for (const name of ['sec-websocket-extensions', 'sec-websocket-protocol']) {
    if (fields.has(name)) throw new BadResponse(`expected no ${name}, got ${JSON.stringify(fields.get(name))}`)
  }
}
