import type { IncomingMessage } from 'node:http'

/** Ordinary requests have 2 to 20. */
export const MOST_HEADERS = 100

export interface FormFault {
  status: number
  expected: string
  got: string | undefined
}

/** What Node's parser lets pass and a server must not; `undefined` where there is nothing of the kind. */
export function faultOf({ rawHeaders, httpVersion, httpVersionMajor }: IncomingMessage): FormFault | undefined {
  if (httpVersionMajor !== 1) return { status: 505, expected: 'HTTP/1.1', got: `HTTP/${httpVersion}` }
  if (rawHeaders.length > 2 * MOST_HEADERS) return { status: 431, expected: `at most ${MOST_HEADERS} headers`, got: 'more' }
  // Of two, a proxy may have read the other (RFC 9112 section 3.2).
  if (hostsIn(rawHeaders) > 1) return { status: 400, expected: 'one Host', got: 'several' }
  return undefined
}

function hostsIn(rawHeaders: readonly string[]): number {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts
}

/** Whether bytes follow that are neither a request nor asked for. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
