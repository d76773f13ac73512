import { Socket } from 'node:net'
import type { PlannedNetwork } from '../../model/network.js'
import { Lane, type Surroundings } from './lane.js'
import { LinkDelays } from './link-delays.js'

/** Bytes from the server go here first, whichever connection they are of: each read is copied out before the next. */
const SHARED = Buffer.allocUnsafeSlow(16 << 10)

export interface ServerSide {
  host: string
  port: number
  localAddress?: string
}

/** A client's connection, and the one to the server that stands for it. */
export class RelayedConnection {
  readonly #client: Socket
  readonly #server: Socket
  readonly #lanes: readonly [toServer: Lane, toClient: Lane]
  #isBlackhole = false
  #open = 2

  constructor(
    client: Socket,
    serverSide: ServerSide,
    network: PlannedNetwork,
    seed: number,
    around: Surroundings,
    onGone: () => void,
  ) {
    this.#client = client
    let toClient: Lane | null = null
    this.#server = new Socket({
      allowHalfOpen: true,
      // One buffer for all saves an allocation of 64 KiB for each read, and no direction gets more at once than the least that it may hold.
      onread: {
        buffer: SHARED,
        callback: (length: number) => {
          if (!this.#isForgotten()) toClient?.take(Buffer.from(SHARED.subarray(0, length)))
          return true
        },
      },
    } as ConstructorParameters<typeof Socket>[0])
    const toServer = new Lane('toServer', client, this.#server, new LinkDelays(network, seed), around)
    toClient = new Lane('toClient', this.#server, client, new LinkDelays(network, seed ^ 0x5555_5555), around)
    this.#lanes = [toServer, toClient]
    client.on('data', (chunk: Buffer) => {
      if (!this.#isForgotten()) toServer.take(chunk)
    })
    for (const socket of [client, this.#server]) {
      socket.setNoDelay(true)
      // What follows from it is passed on when the socket has closed.
      socket.on('error', () => {})
      socket.once('close', () => {
        if (--this.#open === 0) onGone()
      })
    }
    this.#server.connect(serverSide)
    this.#server.resume()
  }

  /** Nothing passes before that, either way. */
  stall(untilUs: number, changed: (lane: Lane) => void): void {
    for (const lane of this.#lanes) {
      lane.line.stall(untilUs)
      changed(lane)
    }
  }

  /** Both sides see a reset. */
  cut(): void {
    this.#client.resetAndDestroy()
    this.#server.resetAndDestroy()
  }

  /** Swallows all that comes, either way, and what is on its way; or no longer. */
  blackhole(isOn: boolean): void {
    this.#isBlackhole = isOn
    for (const lane of this.#lanes) lane.swallow(isOn)
  }

  end(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  /** After a blackhole in which bytes were lost the link answers like a router that has forgotten the connection: with a reset. */
  #isForgotten(): boolean {
    if (this.#isBlackhole || !this.#lanes.some((lane) => lane.hasLost)) return false
    this.cut()
    return true
  }
}
