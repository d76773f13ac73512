import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** A TCP server on loopback that ends every connection with the same bytes, sense or not, once it was asked; `null`: it never says anything. */
export class OneAnswerServer {
  /** The heads of the requests that came, in order. */
  readonly requests: string[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(answer: string | null) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => this.#sockets.delete(socket))
      let head = ''
      socket.on('data', (chunk) => {
        const wasWhole = head.includes('\r\n\r\n')
        head += chunk.toString('latin1')
        if (wasWhole || !head.includes('\r\n\r\n')) return
        this.requests.push(head)
        if (answer !== null) socket.end(answer, 'latin1')
      })
    })
  }

  /** It listens for as long as this acts. */
  static async during(answer: string | null, act: (server: OneAnswerServer) => Promise<void>): Promise<void> {
    const server = new OneAnswerServer(answer)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    try {
      await act(server)
    } finally {
      for (const socket of server.#sockets) socket.destroy()
      await new Promise((resolve) => server.#server.close(resolve))
    }
  }

  get target(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  get connections(): number {
    return this.#sockets.size
  }
}
