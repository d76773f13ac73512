import type { Codec } from '../feed/codec.js'
import { loadCodec } from '../feed/codecs.js'
import { systemClock } from '../measure/clock.js'
import { Heartbeat } from '../measure/heartbeat.js'
import { LoopShareMeter } from '../measure/loop-share.js'
import { HeapTimers } from '../measure/timers.js'
import { UsageMeter } from '../measure/usage.js'
import { combineUsage } from '../measure/usage-sum.js'
import type { Side } from '../model/gate.js'
import type { DrainRequest } from '../model/member.js'
import {
  type LoopShare,
  type PairConnectRequest,
  type PairDriverShard,
  type PairDriverSpec,
  type PairTimes,
  SIDES,
} from '../model/pair.js'
import type { Json, Role, RoleFactory } from '../model/role.js'
import type { Usage } from '../model/shard.js'
import { Intake } from '../network/intake.js'
import { loadTransport } from '../transports/registry.js'
import type { OpenClient } from '../transports/transport.js'
import { irregularGaps } from './beat-gaps.js'
import { FrozenSlices } from './frozen-slices.js'
import { SideClients } from './side-clients.js'

/**
 * A driver with as many clients of one side of a gate as of the other: whatever the process is like, how its code was compiled and where its memory lies, is
 * the same for both.
 */
export const createPairDriver: RoleFactory = async (json) => {
  const spec = json as unknown as PairDriverSpec
  const { open } = await (await loadTransport(spec.transport.module)).client()
  return new PairDriver(spec, open, await loadCodec(spec.codec))
}

class PairDriver implements Role {
  readonly #spec: PairDriverSpec
  readonly #intake = new Intake()
  readonly #timers = new HeapTimers(
    systemClock,
    () => this.#intake.pollClock.woken(),
    () => this.#intake.pollClock.rest(),
  )
  readonly #sides: Record<Side, SideClients>
  readonly #meter = new UsageMeter()
  readonly #heartbeat: Heartbeat
  readonly #usages: Usage[] = []
  #utilizations: LoopShare['utilization'][] = []
  #frozen = new FrozenSlices([])

  constructor(spec: PairDriverSpec, open: OpenClient, codec: Codec) {
    this.#spec = spec
    const parts = { spec, open, codec, intake: this.#intake, timers: this.#timers }
    this.#sides = { baseline: new SideClients('baseline', parts), candidate: new SideClients('candidate', parts) }
    this.#heartbeat = new Heartbeat(
      irregularGaps(spec.clientSeed + spec.driver),
      () => this.#intake.pollClock.workedUs(),
      undefined,
      systemClock,
      (...time) => this.#frozen.note(...time),
    )
  }

  async request(method: string, params: Json): Promise<Json> {
    switch (method) {
      case 'connect': {
        const { sides, ratePerSec, timeoutUs } = params as unknown as PairConnectRequest
        await this.#both((clients, side) => clients.connect(sides[side], ratePerSec / 2, timeoutUs))
        return null
      }
      case 'times':
        this.#openSlices(params as unknown as PairTimes)
        return null
      case 'drain': {
        const { untilUs } = params as unknown as DrainRequest
        await this.#both((clients) => clients.drained(untilUs))
        return null
      }
      case 'close':
        await this.#both((clients) => clients.close())
        return null
      case 'collect':
        return this.#collect() as unknown as Json
      default:
        throw new Error(`a driver of a gate does not know ${method}`)
    }
  }

  barrier(name: string): void {
    if (name === 'window-start') {
      for (const side of SIDES) this.#sides[side].start()
      this.#meter.start()
    } else if (name === 'window-end') {
      this.#usages.push(this.#meter.stop())
      this.#heartbeat.stop()
      for (const side of SIDES) this.#sides[side].end()
    }
  }

  async stop(): Promise<void> {
    this.#heartbeat.stop()
    await this.#both((clients) => clients.close())
  }

  #openSlices(times: PairTimes): void {
    for (const side of SIDES) this.#sides[side].openSlices(times)
    this.#utilizations = times.slices.map(() => null)
    this.#frozen = new FrozenSlices(times.slices)
    // Before the first slice: a driver may be frozen as that begins.
    this.#heartbeat.start()
    for (const [index, { startUs, endUs }] of times.slices.entries()) {
      const meter = new LoopShareMeter()
      this.#timers.at(startUs, () => meter.start())
      this.#timers.at(endUs, () => {
        this.#utilizations[index] = meter.stop()
      })
    }
  }

  #collect(): PairDriverShard {
    return {
      driver: this.#spec.driver,
      sides: { baseline: this.#sides.baseline.collect(), candidate: this.#sides.candidate.collect() },
      loops: this.#frozen.frozenUs.map((frozenUs, index) => ({ utilization: this.#utilizations[index] ?? null, frozenUs })),
      usage: combineUsage(this.#usages),
    }
  }

  async #both(act: (clients: SideClients, side: Side) => Promise<void>): Promise<void> {
    await Promise.all(SIDES.map((side) => act(this.#sides[side], side)))
  }
}
