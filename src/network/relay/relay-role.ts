import { createServer, type Server, type Socket } from 'node:net'
import { seededRandom } from '../../feed/random.js'
import { systemClock } from '../../measure/clock.js'
import { UsageMeter } from '../../measure/usage.js'
import { combineUsage } from '../../measure/usage-sum.js'
import { FeedbenchError } from '../../model/errors.js'
import type { FeedTimes, RelaySpec } from '../../model/member.js'
import type { Json, Role, RoleFactory } from '../../model/role.js'
import type { RelayShard, Usage } from '../../model/shard.js'
import { Allowance } from './allowance.js'
import type { Surroundings } from './lane.js'
import { LinkEvents } from './link-events.js'
import { RelayLoop } from './relay-loop.js'
import { RelayMeter } from './relay-meter.js'
import { RelayedConnection } from './relayed-connection.js'
import { RunDelay } from './run-delay.js'
import { ThreadWaker, type Waker } from './waker.js'
import { warmUp } from './warm-up.js'

/** Connections that may wait to be accepted. */
const BACKLOG = 4_096

/** A relay: an emulated link between clients and server, which neither knows of. */
export const createRelay: RoleFactory = async (json) => {
  const runDelay = new RunDelay()
  const loop = new RelayLoop(systemClock, () => runDelay.totalUs())
  const waker = await ThreadWaker.launch(() => loop.woken())
  loop.waker = waker
  const spec = json as unknown as RelaySpec
  await warmUp(loop, spec.host)
  return new Relay(spec, loop, waker, runDelay)
}

class Relay implements Role {
  readonly #spec: RelaySpec
  readonly #waker: Waker
  readonly #runDelay: RunDelay
  readonly #around: Surroundings & { meter: RelayMeter; allowance: Allowance }
  readonly #connections = new Set<RelayedConnection>()
  readonly #meter = new UsageMeter()
  readonly #usages: Usage[] = []
  readonly #events: LinkEvents
  readonly #server: Server
  readonly #nextSeed: () => number
  #accepted = 0

  constructor(spec: RelaySpec, loop: RelayLoop, waker: Waker, runDelay: RunDelay) {
    this.#spec = spec
    this.#waker = waker
    this.#runDelay = runDelay
    const nowUs = () => systemClock.nowUs()
    this.#around = { loop, meter: new RelayMeter(systemClock), allowance: new Allowance(), nowUs }
    const random = seededRandom(spec.seed)
    this.#nextSeed = () => random.next()
    this.#events = new LinkEvents(spec.network.events, spec.seed, this.#connections, loop)
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
  }

  async request(method: string, params: Json): Promise<Json> {
    switch (method) {
      case 'listen':
        return { port: await this.#listen() }
      case 'times':
        this.#events.start((params as unknown as FeedTimes).windows[0]?.startUs ?? 0)
        return null
      case 'collect':
        return this.#collect() as unknown as Json
      default:
        throw new Error(`a relay does not know ${method}`)
    }
  }

  barrier(name: string): void {
    if (name === 'window-start') {
      this.#meter.start()
      this.#around.meter.isOpen = true
    } else if (name === 'window-end') {
      this.#usages.push(this.#meter.stop())
      this.#around.meter.isOpen = false
    }
  }

  async stop(): Promise<void> {
    this.#events.stop()
    this.#server.close()
    for (const connection of this.#connections) connection.end()
    await this.#waker.stop()
    this.#runDelay.close()
  }

  #listen(): Promise<number> {
    const { host, relay } = this.#spec
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => {
        const message = `expected to listen on ${host}, got: ${error.message}`
        const hint = 'see whether the address is one of this machine'
        reject(new FeedbenchError({ code: 'E_LISTEN', where: `feedbench relay ${relay}`, message, hint }))
      })
      this.#server.listen({ host, port: 0, backlog: BACKLOG }, () => resolve((this.#server.address() as { port: number }).port))
    })
  }

  #accept(client: Socket): void {
    const { target, sourceAddresses, network } = this.#spec
    const { allowance } = this.#around
    const localAddress = sourceAddresses[this.#accepted++ % Math.max(1, sourceAddresses.length)]
    allowance.opened()
    const serverSide = localAddress === undefined ? target : { ...target, localAddress }
    const connection = new RelayedConnection(client, serverSide, network, this.#nextSeed(), this.#around, () => {
      allowance.closed()
      this.#connections.delete(connection)
    })
    this.#connections.add(connection)
    this.#events.joined(connection)
  }

  #collect(): RelayShard {
    const { meter, allowance } = this.#around
    return {
      relay: this.#spec.relay,
      connections: this.#accepted,
      ...meter.encode(),
      maxBufferedBytes: allowance.maxHeldBytes,
      usage: combineUsage(this.#usages),
    }
  }
}
