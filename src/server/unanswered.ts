import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Whether a request before this one on the same connection has no answer yet: node:http lets go of a connection for an upgrade or CONNECT all the same, and what is written to it then would stand in the
 * middle of that answer. Only Node knows, and says so by refusing the socket to another response.
 */
export function followsUnanswered(request: IncomingMessage, socket: Duplex): boolean {
  const response = new ServerResponse(request)
  try {
    response.assignSocket(socket as Socket)
  } catch {
    return true
  }
  response.detachSocket(socket as Socket)
  return false
}
