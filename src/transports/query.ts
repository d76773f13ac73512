import type { IncomingMessage, ServerResponse } from 'node:http'

/** A parameter that a request must not have, or not with that value: answered with 400 and this as JSON. */
export class BadParameter extends Error {
  readonly parameter: string
  readonly expected: string
  readonly got: string

  constructor(parameter: string, expected: string, got: string) {
    super(`${parameter}: expected ${expected}, got ${got}`)
    this.name = 'BadParameter'
    this.parameter = parameter.slice(0, 100)
    this.expected = expected
    this.got = got.slice(0, 100)
  }

  toJson(): string {
    const { parameter, expected, got } = this
    return JSON.stringify({ error: { parameter, expected, got } })
  }
}

/** Throws `BadParameter` where a parameter is none of those known, or is given twice. */
export function allowParameters(query: URLSearchParams, known: readonly string[]): void {
  const seen = new Set<string>()
  for (const [name, value] of query) {
    if (!known.includes(name)) throw new BadParameter(name, `one of the parameters ${known.join(', ')}`, value)
    if (seen.has(name)) throw new BadParameter(name, 'one value', 'several')
    seen.add(name)
  }
}

/** A whole number from 0 to `most`; `null` where it is not given. */
export function integerParameter(query: URLSearchParams, name: string, most: number): number | null {
  const text = query.get(name)
  return text === null ? null : parseInteger(name, text, most)
}

export function parseInteger(name: string, text: string, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= most)) throw new BadParameter(name, `a whole number from 0 to ${most}`, text)
  return value
}

/** The cursor after which a client wants to read; `null`: it starts at the newest. */
export function cursorParameter(query: URLSearchParams): number | null {
  return integerParameter(query, 'after', Number.MAX_SAFE_INTEGER)
}

/** Ends a response with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

/** Whether the response can be a stream whose bytes are written to the socket: HTTP/1.1, and not behind another response. */
export function canStream(request: IncomingMessage, response: ServerResponse): boolean {
  return request.httpVersionMinor >= 1 && response.socket !== null
}
