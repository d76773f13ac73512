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
export function handshake(
  path: string,
  host: string,
  headers: readonly [name: string, value: string][],
  protocol: string | null = null,
): Handshake {
  const key = randomBytes(16).toString('base64')
  const lines = [
    `GET ${path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    'Sec-WebSocket-Version: 13',
    ...(protocol === null ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    `Sec-WebSocket-Key: ${key}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Host: ${host}`,
  ]
  return { request: `${lines.join('\r\n')}\r\n\r\n`, verify: (head) => verify(head, key, protocol) }
}

function verify({ status, fields }: ResponseHead, key: string, protocol: string | null): void {
  if (status !== 101) throw new BadResponse(`expected status 101, got ${status}`)
  const upgrade = fields.get('upgrade') ?? 'none'
  if (upgrade.toLowerCase() !== 'websocket')
    throw new BadResponse(`expected an upgrade to websocket, got ${JSON.stringify(upgrade)}`)
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  if (fields.get('sec-websocket-accept') !== accept) throw new BadResponse('expected the answer to our key, got another or none')
  const chosen = fields.get('sec-websocket-protocol')
  if (protocol !== null && chosen !== protocol)
    throw new BadResponse(`expected the subprotocol ${JSON.stringify(protocol)}, got ${JSON.stringify(chosen ?? 'none')}`)
  const unasked = protocol === null ? ['sec-websocket-extensions', 'sec-websocket-protocol'] : ['sec-websocket-extensions']
  for (const name of unasked) {
    if (fields.has(name)) throw new BadResponse(`expected no ${name}, got ${JSON.stringify(fields.get(name))}`)
  }
}
