import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Codec } from '../feed/codec.js'
import { sendJson } from '../transports/query.js'

export const PUBLISH_PATH = '/publish'
/** As long as a message may be. */
const LARGEST_MESSAGE_BYTES = 1 << 20

/** Takes messages that others post, one a request, in the order in which they come whole. */
export type TakePost = (request: IncomingMessage, response: ServerResponse) => void

/** `POST /publish`: 204, or 403 for a page of another site, 400 where the body is no message of the codec, 413 where it is longer than 1 MiB. */
export function publishRoute(codec: Pick<Codec, 'readHead'>, append: (text: Buffer) => void): TakePost {
  return (request, response) => {
    const chunks: Buffer[] = []
    let length = 0
    if (isOfAnotherSite(request)) return refuse(response, 403, 'no page of another site')
    let isRefused = Number(request.headers['content-length'] ?? 0) > LARGEST_MESSAGE_BYTES
    if (isRefused) refuse(response, 413, `at most ${LARGEST_MESSAGE_BYTES} bytes`)
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (isRefused) return
      if (length > LARGEST_MESSAGE_BYTES) {
        isRefused = true
        refuse(response, 413, `at most ${LARGEST_MESSAGE_BYTES} bytes`)
      } else chunks.push(chunk)
    })
    request.on('end', () => {
      if (isRefused) return
      const text = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      try {
        codec.readHead(text)
      } catch {
        return refuse(response, 400, 'a message {"seq":1,...}', text)
      }
      append(text)
      response.writeHead(204)
      response.end()
    })
    // Whoever breaks off has published nothing.
    request.on('error', () => response.destroy())
  }
}

/** Any page that a browser shows may post to loopback: one that says where it is from has to be from here. */
function isOfAnotherSite({ headers: { host, origin } }: IncomingMessage): boolean {
  return origin !== undefined && origin !== `http://${host}`
}

function refuse(response: ServerResponse, status: number, expected: string, got?: Buffer): void {
  const body = { error: { expected, ...(got === undefined ? {} : { got: got.toString('utf8', 0, 80) }) } }
  sendJson(response, status, JSON.stringify(body), status === 413 || status === 403 ? { Connection: 'close' } : {})
}
