import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Ends each connection to a server after so many bytes of its answers, politely or with a reset. */
export class CuttingProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Connections that were cut so far. */
  cut = 0

  /** `cutAfter`: bytes for the connection of this number, from 0; `null`: it is left alone. */
  constructor(port: number, cutAfter: (connection: number) => { bytes: number; isReset: boolean } | null) {
    let connections = 0
    this.#server = createServer({ noDelay: true }, (client) => {
      const limit = cutAfter(connections++)
      const server = connect({ port, host: '127.0.0.1', noDelay: true })
      for (const [socket, other] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => {})
        socket.once('close', () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
      }
      client.on('data', (chunk) => server.write(chunk))
      let passed = 0
      server.on('data', (chunk) => {
        const rest = limit === null ? chunk.length : limit.bytes - passed
        passed += chunk.length
        if (limit === null || chunk.length < rest) {
          client.write(chunk)
          return
        }
        this.cut++
        client.write(chunk.subarray(0, rest), () => {
          if (limit.isReset) client.resetAndDestroy()
          else client.destroySoon()
        })
        server.destroy()
      })
    })
  }

  async listen(): Promise<{ host: string; port: number }> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  get connections(): number {
    return this.#sockets.size
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
