import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { seededRandom } from '../../feed/random.js'
import { systemClock } from '../../measure/clock.js'
import { HeapTimers } from '../../measure/timers.js'
import type { NetworkEvent } from '../../model/network.js'
import type { Lane } from './lane.js'
import type { RelayLoop } from './relay-loop.js'
import type { RelayedConnection } from './relayed-connection.js'

type Affected = Pick<RelayedConnection, 'stall' | 'cut' | 'blackhole'>

/** What happens to the link in the window, and to which of its connections. */
export class LinkEvents {
  readonly #events: readonly NetworkEvent[]
  readonly #random: ReturnType<typeof seededRandom>
  readonly #connections: ReadonlySet<Affected>
  readonly #loop: Pick<RelayLoop, 'changed'>
  readonly #timers: Pick<HeapTimers, 'at'>
  #isStopped = false
  /** Until when all connections are stalled, those that are yet to come too. */
  #allStalledUntilUs = 0

  constructor(
    events: readonly NetworkEvent[],
    seed: number,
    connections: ReadonlySet<Affected>,
    loop: Pick<RelayLoop, 'changed'>,
    timers: Pick<HeapTimers, 'at'> = new HeapTimers(systemClock),
  ) {
    this.#events = events
    this.#random = seededRandom(seed ^ 0x2545_f491)
    this.#connections = connections
    this.#loop = loop
    this.#timers = timers
  }

  /** `startUs`: of the first window. */
  start(startUs: number): void {
    for (const event of this.#events) this.#timers.at(startUs + event.atUs, () => this.#happen(event, startUs + event.atUs))
  }

  /** A connection that comes while the whole link stands still waits with the others. */
  joined(connection: Affected): void {
    if (this.#allStalledUntilUs > 0) connection.stall(this.#allStalledUntilUs, (lane) => this.#changed(lane))
  }

  stop(): void {
    this.#isStopped = true
  }

  #happen({ kind, lengthUs, share }: NetworkEvent, atUs: number): void {
    if (this.#isStopped) return
    const affected = this.#drawn(share)
    if (kind === 'cut') for (const connection of affected) connection.cut()
    else if (kind === 'stall') {
      const untilUs = atUs + (lengthUs ?? 0)
      if (share === 1) this.#allStalledUntilUs = Math.max(this.#allStalledUntilUs, untilUs)
      for (const connection of affected) connection.stall(untilUs, (lane) => this.#changed(lane))
    } else {
      for (const connection of affected) connection.blackhole(true)
      if (lengthUs === null) return
      this.#timers.at(atUs + lengthUs, () => {
        for (const connection of affected) if (!this.#isStopped) connection.blackhole(false)
      })
    }
  }

  /** So many of the connections that are open, to the nearest whole one, each as likely as any other. */
  #drawn(share: number): Affected[] {
    const open = [...this.#connections]
    if (share === 1) return open
    const count = Math.round(share * open.length)
    for (let index = 0; index < count; index++) {
      const other = index + Math.floor(uniformFloat64(this.#random) * (open.length - index))
      const drawn = open[other] as Affected
      open[other] = open[index] as Affected
      open[index] = drawn
    }
    return open.slice(0, count)
  }

  #changed(lane: Lane): void {
    this.#loop.changed(lane.line)
  }
}
