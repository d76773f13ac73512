import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../measure/clock.js'
import { Histogram } from '../../measure/histogram.js'
import type { LinkProbeSpec } from '../../model/member.js'
import type { PlannedNetwork } from '../../model/network.js'
import type { Json, Role, RoleFactory } from '../../model/role.js'
import type { LinkProbeShard } from '../../model/shard.js'
import { readTcpSegments, type TcpSegments } from './tcp-segments.js'

/** Between two packets: enough of them for a median, and nothing beside any load. */
const EVERY_MS = 20
/** How much later than the link delays it a packet may come without being lost. */
const PATIENCE_US = 500e3
/** A packet's own content: when it was sent. */
const BYTES = 8

/** A process in the link's namespace that measures the link: it sends packets to itself, each of which passes the link once. */
export const createLinkProbe: RoleFactory = async (json) => {
  const { host, network } = json as unknown as LinkProbeSpec
  const socket = createSocket('udp4')
  socket.bind(0, host)
  await once(socket, 'listening')
  // Where a socket is connected nothing is looked up, and a packet is sent at once.
  socket.connect(socket.address().port, host)
  await once(socket, 'connect')
  return new LinkProbe(socket, network)
}

class LinkProbe implements Role {
  readonly #socket: Socket
  readonly #network: PlannedNetwork
  readonly #delays = new Histogram()
  readonly #lateness = new Histogram()
  readonly #packet = Buffer.alloc(BYTES)
  #timer: NodeJS.Timeout | undefined
  #sent = 0
  #came = 0
  #lastSentUs = Number.NEGATIVE_INFINITY
  #before: TcpSegments | null = null
  readonly #segments: TcpSegments = { sent: 0, retransmitted: 0 }

  constructor(socket: Socket, network: PlannedNetwork) {
    this.#socket = socket
    this.#network = network
    socket.on('message', (packet) => this.#take(packet))
  }

  async request(method: string): Promise<Json> {
    if (method !== 'collect') throw new Error(`a link probe does not know ${method}`)
    // What is still on its way is not lost.
    await sleep(Math.max(0, this.#lastSentUs + this.#longestUs + PATIENCE_US - systemClock.nowUs()) / 1e3)
    return this.#shard() as unknown as Json
  }

  barrier(name: string): void {
    if (name === 'window-start') {
      this.#before = readTcpSegments()
      this.#timer = setInterval(() => this.#send(), EVERY_MS)
    } else if (name === 'window-end') {
      clearInterval(this.#timer)
      const after = readTcpSegments()
      this.#segments.sent += after.sent - (this.#before?.sent ?? after.sent)
      this.#segments.retransmitted += after.retransmitted - (this.#before?.retransmitted ?? after.retransmitted)
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#socket.close()
  }

  /** One way, at most. */
  get #longestUs(): number {
    return (this.#network.rttUs + this.#network.jitterUs) / 2
  }

  #send(): void {
    this.#sent++
    this.#lastSentUs = systemClock.nowUs()
    this.#packet.writeDoubleLE(this.#lastSentUs)
    this.#socket.send(this.#packet)
  }

  #take(packet: Buffer): void {
    this.#came++
    const delayUs = systemClock.nowUs() - packet.readDoubleLE()
    this.#delays.record(delayUs)
    if (this.#network.jitterUs === 0) this.#lateness.record(Math.max(0, delayUs - this.#network.rttUs / 2))
  }

  #shard(): LinkProbeShard {
    const { sent, retransmitted } = this.#segments
    return {
      delayUs: this.#delays.encode(),
      latenessUs: this.#lateness.encode(),
      loss: {
        probes: this.#sent,
        probesLost: this.#sent - this.#came,
        segments: sent,
        segmentsRetransmitted: retransmitted,
      },
    }
  }
}
