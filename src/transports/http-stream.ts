import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { canStream, sendJson } from './query.js'

/** The last chunk of a response in chunked encoding (RFC 9112 section 7.1). */
export const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** A chunk: the length in hexadecimal digits, the bytes, and two line ends. */
export function chunk(...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, CRLF])
}

const CRLF = Buffer.from('\r\n')

/**
 * Begins a response that never ends and returns its socket, for chunks made by `chunk`: node:http would frame each message
 * anew for every client. `undefined` where the request cannot be answered so; it has been refused then.
 */
export function beginStream(
  request: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string>,
): Duplex | undefined {
  const socket = response.socket
  if (!canStream(request, response) || socket === null) {
    sendJson(response, 400, JSON.stringify({ error: { expected: 'HTTP/1.1, and no request before it on the way' } }), {
      Connection: 'close',
    })
    return undefined
  }
  response.writeHead(200, headers)
  response.flushHeaders()
  return socket
}
