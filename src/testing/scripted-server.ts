import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** What is done with a connection once its first request has come. */
export type Script = (socket: Socket, request: string) => void | Promise<void>

/** A TCP server on a free port of the loopback that says what its script says, sense or not. */
export class ScriptedServer {
  /** The heads of the requests that came, in order. */
  readonly requests: string[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(script: Script) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => this.#sockets.delete(socket))
      let head = ''
      socket.on('data', (chunk) => {
        head += chunk.toString('latin1')
        for (let end = head.indexOf('\r\n\r\n'); end >= 0; end = head.indexOf('\r\n\r\n')) {
          const request = head.slice(0, end + 4)
          head = head.slice(end + 4)
          this.requests.push(request)
          void script(socket, request)
        }
      })
    })
  }

  static async start(script: Script): Promise<ScriptedServer> {
    const scripted = new ScriptedServer(script)
    await new Promise<void>((resolve) => scripted.#server.listen(0, '127.0.0.1', resolve))
    return scripted
  }

  get target(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Writes each part in a turn of its own, so that the reader gets them one by one. */
export async function writeParts(socket: Socket, parts: readonly Buffer[]): Promise<void> {
  for (const part of parts) {
    if (socket.destroyed) return
    await new Promise<void>((resolve) => {
      socket.write(part, () => setImmediate(resolve))
    })
    // The reader is in the same process: it must have had its turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Cuts bytes at the places named; places outside are passed over. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const inside = [...new Set(places)].filter((place) => place > 0 && place < bytes.length).sort((left, right) => left - right)
  return [0, ...inside].map((start, index) => bytes.subarray(start, inside[index] ?? bytes.length))
}
