import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { systemClock } from '../../measure/clock.js'
import type { PlannedNetwork } from '../../model/network.js'
import { Allowance } from './allowance.js'
import type { RelayLoop } from './relay-loop.js'
import { RelayMeter } from './relay-meter.js'
import { RelayedConnection } from './relayed-connection.js'

const CONNECTIONS = 20
const ROUNDS = 100
const CHUNK = Buffer.alloc(200)
const NETWORK: PlannedNetwork = {
  tier: 'relay',
  tierReason: 'warm-up',
  rttUs: 1_000,
  jitterUs: 0,
  bandwidthBytesPerSec: null,
  lossShare: 0,
  events: [],
}

/**
 * Passes some thousands of chunks through connections of its own before there are any clients: the engine compiles what runs often only once it has
 * run often, and until then each chunk would cost several times as much, in the window too.
 */
export async function warmUp(loop: RelayLoop, host: string): Promise<void> {
  const meter = new RelayMeter(systemClock)
  meter.isOpen = true
  const around = { loop, meter, allowance: new Allowance(), nowUs: () => systemClock.nowUs() }
  const echo = createServer({ noDelay: true }, (socket) => socket.on('error', () => {}).pipe(socket))
  const port = await listening(echo, host)
  const relayed = new Set<RelayedConnection>()
  const relay = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    around.allowance.opened()
    relayed.add(new RelayedConnection(socket, { host, port }, NETWORK, 1, around, () => around.allowance.closed()))
  })
  const target = await listening(relay, host)
  const clients = Array.from({ length: CONNECTIONS }, () => connect({ host, port: target, noDelay: true }).on('error', () => {}))
  await Promise.all(clients.map(exchange))
  for (const client of clients) client.destroy()
  for (const connection of relayed) connection.end()
  echo.close()
  relay.close()
}

async function listening(server: ReturnType<typeof createServer>, host: string): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** One chunk after the other, each sent when the one before has come back; or as long as the connection lasts. */
function exchange(client: Socket): Promise<void> {
  return new Promise((resolve) => {
    let rounds = 0
    client.once('close', () => resolve())
    client.on('data', () => (++rounds < ROUNDS ? client.write(CHUNK) : resolve()))
    client.write(CHUNK)
  })
}
