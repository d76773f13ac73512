import { setTimeout as sleep } from 'node:timers/promises'
import { createSchedule } from '../feed/schedule.js'
import { countsIn, type SliceCounts } from '../feed/slice-counts.js'
import type { Clock } from '../measure/clock.js'
import type { Side } from '../model/gate.js'
import type { FeedTimes } from '../model/member.js'
import { type PairConnectRequest, type PairDriverShard, type PairDriverSpec, type PairTimes, SIDES } from '../model/pair.js'
import type { TrialPhase } from '../model/phase.js'
import type { PlannedTrial, TraceContent } from '../model/plan.js'
import type { Json } from '../model/role.js'
import type { TrialWindow } from '../model/trial.js'
import { explainFailure } from '../runner/failure.js'
import type { Fleet, Member } from '../runner/fleet.js'
import { clientsSpec } from '../runner/specs.js'
import { delayUs, lengthUs, pollingIntervalUs, type SliceLayout, slicesFrom, turnsOf } from './layout.js'
import { type MachineInterval, MachineWatch } from './machine-watch.js'
import type { LaunchSide, SideAccount, SideServer } from './side-server.js'

/** The measurement of one label in one round: both sides up, taking turns. */
export interface PairPlan {
  planned: PlannedTrial
  trace: TraceContent | null
  layout: SliceLayout
  /** Which side has the first slice. */
  first: Side
}

export interface PairSurroundings {
  fleet: Fleet
  clock: Clock
  host: string
  launch: Record<Side, LaunchSide>
  signal: AbortSignal
  onPhase(phase: TrialPhase, endsInUs: number): void
}

/** All that was measured of a pair, by whoever measured it. */
export interface PairShards {
  plan: PairPlan
  /** In the order of time. */
  slices: TrialWindow[]
  /** Messages that were due in each slice. */
  counts: SliceCounts[]
  servers: Record<Side, SideAccount>
  drivers: PairDriverShard[]
  /** One for each pair of slices, and over all of them. */
  machine: { intervals: MachineInterval[]; whole: MachineInterval | null }
}

const ANSWER_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 5_000
/** Before the start of the feed: the members must have heard of it by then. */
const LEAD_US = 200e3

/** Measures one label from fresh processes of both sides. Whatever happens, none of them is left. */
export async function measurePair(plan: PairPlan, around: PairSurroundings): Promise<PairShards> {
  const run = new PairRun(plan, around)
  try {
    return await run.measure()
  } catch (error) {
    await around.fleet.abort()
    throw explainFailure(error, plan.planned, run.phase, `round ${plan.planned.round}`)
  } finally {
    await run.end()
  }
}

class PairRun {
  phase: TrialPhase = 'launch'
  readonly #plan: PairPlan
  readonly #around: PairSurroundings
  readonly #servers: SideServer[] = []
  readonly #drivers: Member[] = []
  #watch: MachineWatch | undefined
  #launches: Promise<unknown>[] = []

  constructor(plan: PairPlan, around: PairSurroundings) {
    this.#plan = plan
    this.#around = around
  }

  async measure(): Promise<PairShards> {
    const { clock } = this.#around
    const { planned, trace, layout, first } = this.#plan
    this.#enter('launch', 0)
    this.#launches = [
      this.#launchServer('baseline'),
      this.#launchServer('candidate'),
      ...planned.placement.drivers.map((_, index) => this.#launchDriver(index)),
    ]
    const [baseline, candidate] = (await Promise.all(this.#launches)) as [SideServer, SideServer]
    const servers = { baseline, candidate }
    await this.#connect(servers)

    const turns = turnsOf(layout, first)
    // The members compute the schedule too, and the feed must not begin before they have.
    const beganUs = clock.nowUs()
    const scheduleOf = (side: Side) => createSchedule({ ...planned.feed, slices: turns[side] }, trace)
    const schedules = { baseline: scheduleOf('baseline'), candidate: scheduleOf('candidate') }
    const counts = slicesFrom(layout, first, 0).map((slice) => countsIn(schedules[slice.side as Side], 0, slice))
    const epochUs = clock.nowUs() + LEAD_US + 4 * (clock.nowUs() - beganUs)
    const slices = slicesFrom(layout, first, epochUs)
    const untilUs = epochUs + lengthUs(layout)
    const times: PairTimes = { epochUs, turns, slices }
    await Promise.all(this.#drivers.map((driver) => driver.request('times', { ...times } as unknown as Json, ANSWER_DEADLINE_MS)))
    await Promise.all(
      SIDES.map((side) => {
        const own: FeedTimes = { epochUs, untilUs, windows: slices.filter((slice) => slice.side === side) }
        return servers[side].publish(own)
      }),
    )
    const machine = await this.#passSlices(slices, untilUs)
    await this.#drain(untilUs)

    this.#enter('close', 0)
    const accounts = { baseline: await baseline.collect(), candidate: await candidate.collect() }
    await this.#ask('close', null, this.#patienceMs)
    const shards = (await this.#ask('collect', null, ANSWER_DEADLINE_MS)) as unknown as PairDriverShard[]
    return { plan: this.#plan, slices, counts, servers: accounts, drivers: shards, machine }
  }

  async end(): Promise<void> {
    this.#watch?.stop()
    // One that failed must not leave another behind that was still starting.
    await Promise.allSettled(this.#launches)
    await Promise.all([
      ...this.#servers.map((server) => server.stop()),
      ...this.#drivers.map((driver) => driver.stop(STOP_DEADLINE_MS)),
    ])
  }

  async #launchServer(side: Side): Promise<SideServer> {
    const { fleet, host, launch, signal } = this.#around
    const { planned, trace, layout, first } = this.#plan
    signal.throwIfAborted()
    const turns = turnsOf(layout, first)[side]
    const server = await launch[side]({ side, planned, turns, trace, host, fleet, lifetimeMs: this.#lifetimeMs })
    this.#servers.push(server)
    return server
  }

  async #launchDriver(index: number): Promise<void> {
    const { planned, trace } = this.#plan
    const countsExcess = pollingIntervalUs(planned.options) !== null
    const spec: PairDriverSpec = { ...clientsSpec(planned, trace, index), countsExcess }
    this.#around.signal.throwIfAborted()
    const driver = await this.#around.fleet.launch('pair-driver', spec as unknown as Json, {
      title: `feedbench driver ${spec.driver}`,
      cores: planned.placement.drivers[index]?.cores ?? null,
      lifetimeMs: this.#lifetimeMs,
    })
    this.#drivers.push(driver)
  }

  async #connect(servers: Record<Side, SideServer>): Promise<void> {
    const { connect, load, placement } = this.#plan.planned
    this.#enter('connect', ((2 * load.clients) / connect.ratePerSec) * 1e6)
    const nowUs = this.#around.clock.nowUs()
    const { layout, first } = this.#plan
    const target = (side: Side) => ({
      host: servers[side].host,
      port: servers[side].port,
      epochUs: nowUs + delayUs(layout, side, first),
    })
    const sides = { baseline: target('baseline'), candidate: target('candidate') }
    const ratePerSec = connect.ratePerSec / placement.drivers.length
    const request: PairConnectRequest = { sides, ratePerSec, timeoutUs: connect.timeoutUs }
    await this.#ask('connect', request as unknown as Json, connect.timeoutUs / 1e3 + ANSWER_DEADLINE_MS)
    await Promise.all(SIDES.map((side) => servers[side].settle()))
  }

  async #passSlices(slices: readonly TrialWindow[], untilUs: number): Promise<PairShards['machine']> {
    const { clock, fleet } = this.#around
    const [startUs = 0] = slices.map((slice) => slice.startUs)
    this.#enter('warmup', startUs - clock.nowUs())
    const pids = () => [...this.#servers.flatMap((server) => server.pids()), ...this.#drivers.flatMap(({ pid }) => pid ?? [])]
    this.#watch = new MachineWatch(clock, pids)
    await fleet.barrier('window-start', startUs)
    this.#enter('measure', untilUs - clock.nowUs())
    this.#watch.read()
    // Asked for at once, so that a member that breaks ends the run when it does.
    const over = fleet.barrier('window-end', untilUs)
    await Promise.race([over, this.#readBetween(slices, this.#watch)])
    await over
    this.#watch.read()
    return this.#watch.finish()
  }

  async #readBetween(slices: readonly TrialWindow[], watch: MachineWatch): Promise<void> {
    for (const { startUs } of slices.filter((_, index) => index > 0 && index % 2 === 0)) {
      const waitUs = startUs - this.#around.clock.nowUs()
      if (waitUs > 0) await sleep(Math.ceil(waitUs / 1e3), undefined, { signal: this.#around.signal })
      watch.read()
    }
  }

  async #drain(untilUs: number): Promise<void> {
    const { drainUs } = this.#plan.planned.phases
    this.#enter('drain', drainUs)
    await this.#ask('drain', { untilUs: untilUs + drainUs }, drainUs / 1e3 + ANSWER_DEADLINE_MS)
  }

  #ask(method: string, params: Json, deadlineMs: number): Promise<Json[]> {
    return Promise.all(this.#drivers.map((driver) => driver.request(method, params, deadlineMs)))
  }

  #enter(phase: TrialPhase, endsInUs: number): void {
    this.phase = phase
    this.#around.onPhase(phase, Math.max(0, endsInUs))
  }

  get #lifetimeMs(): number {
    const { connect, phases } = this.#plan.planned
    return (connect.timeoutUs + phases.drainUs + lengthUs(this.#plan.layout)) / 1e3 + 4 * ANSWER_DEADLINE_MS + this.#patienceMs
  }

  /** For what takes longer with more clients. */
  get #patienceMs(): number {
    return ANSWER_DEADLINE_MS + this.#plan.planned.load.clients * 10
  }
}
