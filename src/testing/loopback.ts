import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createDialer, type Dialer } from '../network/dial.js'
import type { Intake } from '../network/intake.js'

/** A TCP server on loopback, whose side of each connection a test plays. */
export class Loopback {
  readonly peers: Socket[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (peer) => {
      this.peers.push(peer)
      // A peer that is reset is what some tests are about.
      peer.on('error', () => {})
    })
  }

  static async listen(onPeer: (peer: Socket) => void = () => {}): Promise<Loopback> {
    const server = createServer({ allowHalfOpen: true }, onPeer)
    const loopback = new Loopback(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return loopback
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  dialer(intake?: Intake, sourceAddresses: string[] = []): Dialer {
    return createDialer({ host: '127.0.0.1', port: this.port, sourceAddresses }, intake)
  }

  async close(): Promise<void> {
    for (const peer of this.peers) peer.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
