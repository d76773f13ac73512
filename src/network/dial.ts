import { type ByteTotals, CountedSocket } from './counted-socket.js'
import { Intake } from './intake.js'
import { ReadPace, type SlowReading } from './read-pace.js'

/**
 * The only way for a client to get a socket. Whatever comes to lie between client and server (source addresses,
 * a relay, TLS) comes in here, and no transport notices.
 */
export interface Dialer {
  /** `slow`: for a client that reads at a given rate only. */
  dial(slow?: SlowReading): CountedSocket
  /** Over all sockets so far, open and closed. */
  readonly totals: Readonly<ByteTotals>
  /** Sockets that were dialled so far. */
  readonly dialled: number
  readonly intake: Intake
}

export interface DialTarget {
  host: string
  port: number
  /** Of several relays before the server, used in turn. Absent: `port` alone. */
  relayPorts?: readonly number[]
  /** Used in turn; none: the kernel chooses. */
  sourceAddresses: readonly string[]
}

export function createDialer(
  { host, port: onlyPort, relayPorts: ports = [onlyPort], sourceAddresses }: DialTarget,
  intake = new Intake(),
): Dialer {
  const totals: ByteTotals = { received: 0, handed: 0, sent: 0, headers: null }
  let dialled = 0
  return {
    totals,
    intake,
    get dialled() {
      return dialled
    },
    dial(slow) {
      const port = ports[dialled % ports.length] as number
      // A whole turn of the ports from each address.
      const localAddress = sourceAddresses[Math.floor(dialled / ports.length) % Math.max(1, sourceAddresses.length)]
      dialled++
      const socket = new CountedSocket(intake, totals, slow === undefined ? null : new ReadPace(slow))
      return socket.connect(localAddress === undefined ? { host, port } : { host, port, localAddress })
    },
  }
}
