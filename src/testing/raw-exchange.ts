import { connect } from 'node:net'

export interface RawResponse {
  status: number
  /** The names in lower case; of several with one name the last. */
  headers: Record<string, string>
  body: string
}

const PATIENCE_MS = 10_000

/**
 * Sends bytes over a connection of its own and reads what comes until `isEnough`, or the server ends the connection.
 * Bytes are characters of Latin-1 on both ways.
 */
export function exchange(
  port: number,
  bytes: string | Buffer,
  isEnough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const deadline = setTimeout(
      () => socket.destroy(new Error(`waited in vain for more than ${JSON.stringify(text)}`)),
      PATIENCE_MS,
    )
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (isEnough(text)) socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => {
      clearTimeout(deadline)
      resolve(text)
    })
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}

/** Sends one request with the headers named and reads its whole response. */
export async function ask(port: number, startLine: string, headers: string[] = []): Promise<RawResponse> {
  const lines = [`${startLine} HTTP/1.1`, 'Host: feed', ...headers, '', '']
  const hasConnection = headers.some((header) => /^connection:/i.test(header))
  if (!hasConnection) lines.splice(2, 0, 'Connection: close')
  return parseResponse(await exchange(port, lines.join('\r\n'), isWhole))
}

/** Whether a response with a known length has come whole; others are read to the end of the connection. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /^content-length: (\d+)\r$/im.exec(text.slice(0, end + 2))?.[1]
  if (length === undefined) return /^HTTP\/1\.1 (1\d\d|204) /.test(text)
  return text.length >= end + 4 + Number(length)
}

export function parseResponse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return { status: Number(statusLine.split(' ')[1]), headers, body: text.slice(end + 4) }
}
