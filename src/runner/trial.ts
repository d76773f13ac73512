import { type Clock, wallClockText } from '../measure/clock.js'
import { readMachine } from '../measure/machine.js'
import type { TrialShards } from '../measure/trial-shards.js'
import type { ConnectRequest, DrainRequest, Progress, TrialProgress } from '../model/member.js'
import type { TrialPhase } from '../model/phase.js'
import type { PlannedTrial, TraceContent } from '../model/plan.js'
import type { Json, RoleName } from '../model/role.js'
import type { DriverShard, PublisherShard, RelayShard, ServerShard } from '../model/shard.js'
import { isObserved } from '../model/target.js'
import type { Trial, TrialWindow } from '../model/trial.js'
import { ANSWER_DEADLINE_MS, lifetimeMs, patienceMs, STOP_DEADLINE_MS } from './deadlines.js'
import { explainFailure } from './failure.js'
import { finish, publishing } from './finish.js'
import type { Fleet, Member } from './fleet.js'
import { listen, settledRss } from './member-answers.js'
import { settleObserved } from './observed.js'
import { ProgressSum } from './progress-sum.js'
import { type Address, driverSpec, publisherSpec, relaySpec, serverSpec } from './specs.js'
import { startTarget } from './target.js'
import { TrialLink } from './trial-link.js'
import { feedTimes, scheduledIn } from './trial-times.js'

export interface TrialEvents {
  onPhase(phase: TrialPhase, endsInUs: number): void
  onProgress(progress: TrialProgress): void
}

export interface TrialSurroundings {
  fleet: Fleet
  clock: Clock
  host: string
  trace: TraceContent | null
  events: TrialEvents
  /** A file in the run folder for what a server of the user's own writes. Absent: there is no folder. */
  logFile?: string | null
  /** Once it has aborted, no process is started: the fleet could only end those that there were. */
  signal: AbortSignal
}

/** Between the last client's subscription and the start of the feed: members must have heard of it by then. */
const LEAD_US = 300e3
/** After connecting, before the idle server's memory is read. */
const SETTLE_US = 300e3

/** Runs one trial from fresh processes to its verdict. Whatever happens, no process of it is left. */
export async function runTrial(planned: PlannedTrial, around: TrialSurroundings): Promise<Trial> {
  const members: Member[] = []
  const trial = new TrialRun(planned, around, members)
  try {
    return await trial.run()
  } catch (error) {
    // Those that were still starting are not among the members yet.
    await around.fleet.abort()
    throw explainFailure(error, planned, trial.phase)
  } finally {
    await Promise.all(members.map((member) => member.stop(STOP_DEADLINE_MS)))
    await trial.link.close()
  }
}

class TrialRun {
  phase: TrialPhase = 'launch'
  readonly #planned: PlannedTrial
  readonly #around: TrialSurroundings
  readonly #members: Member[]
  readonly #progress: ProgressSum
  readonly link: TrialLink

  constructor(planned: PlannedTrial, around: TrialSurroundings, members: Member[]) {
    this.#planned = planned
    this.#progress = new ProgressSum(planned.placement.drivers.length)
    this.link = new TrialLink(planned, around.fleet)
    this.#around = around
    this.#members = members
  }

  async run(): Promise<Trial> {
    const startedAt = wallClockText()
    this.#phase('launch', 0)
    await this.link.open()
    const served = this.#launchServer()
    // A server of the user's may take its time to be ready; feedbench's own starts beside the drivers.
    if (this.#planned.target !== null) await served
    const launches = this.#planned.placement.drivers.map((_, index) => this.#launchDriver(index))
    const [{ server, address }, ...drivers] = await Promise.all([served, ...launches])
    this.#progress.server = this.#planned.target === null ? server : null
    const publisher = await this.#launchPublisher(server, address)
    const relays = await this.#launchRelays(address)
    const relayPorts = await Promise.all(relays.map(listen))
    await this.link.launchProbe((...member) => this.#launch(...member), this.#around.host)
    const host = relays.length > 0 ? this.#around.host : address.host
    const ports = relays.length > 0 ? relayPorts : [address.port]

    const before = await settledRss(server)
    await this.#connect(drivers, host, ports)
    await this.#pause(SETTLE_US)
    const connected = await settledRss(server)

    // The members compute the schedule too, and the feed must not begin before they have.
    const beganUs = this.#around.clock.nowUs()
    const planned = scheduledIn(this.#planned, this.#around.trace)
    this.#progress.scheduled = planned
    const nowUs = this.#around.clock.nowUs()
    const times = feedTimes(this.#planned, nowUs + LEAD_US + 4 * (nowUs - beganUs))
    await Promise.all(
      [...relays, ...drivers].map((member) => member.request('times', { ...times } as unknown as Json, ANSWER_DEADLINE_MS)),
    )
    const observes = isObserved(this.#planned)
    if (!observes) await publisher.request('publish', { ...times } as unknown as Json, ANSWER_DEADLINE_MS)
    const machine = await this.#passWindows(times.windows)
    await this.#drain(drivers, times.untilUs)

    const observed = observes ? await settleObserved(drivers, ANSWER_DEADLINE_MS) : null

    this.#phase('close', 0)
    const serverShard = (await server.request('collect', null, ANSWER_DEADLINE_MS)) as unknown as ServerShard
    const account =
      publisher === server
        ? serverShard
        : ((await publisher.request('collect', null, ANSWER_DEADLINE_MS)) as unknown as PublisherShard)
    await Promise.all(drivers.map((driver) => driver.request('close', null, patienceMs(this.#planned))))
    const driverShards = await Promise.all(drivers.map((driver) => driver.request('collect', null, ANSWER_DEADLINE_MS)))
    const relayShards = await Promise.all(relays.map((relay) => relay.request('collect', null, ANSWER_DEADLINE_MS)))
    const shards: TrialShards = {
      planned: this.#planned,
      windows: times.windows,
      scheduled: observed?.scheduled ?? planned,
      server: { ...serverShard, ...publishing(account), ...(observed === null ? {} : { published: observed.published }) },
      drivers: driverShards as unknown as DriverShard[],
      relays: relayShards as unknown as RelayShard[],
      linkProbe: await this.link.collect(ANSWER_DEADLINE_MS),
      settledRss: { beforeBytes: before.rssBytes, connectedBytes: connected.rssBytes, connections: connected.connections },
      machine,
      startedAt,
    }
    return finish(shards, { host, port: ports[0] as number })
  }

  /** Feedbench's own server, or one of the user's. */
  async #launchServer(): Promise<{ server: Member; address: Address }> {
    const { target, placement } = this.#planned
    const { fleet, logFile = null, host } = this.#around
    const { cores } = placement.server
    if (target === null) {
      const server = await this.#launch('server', serverSpec(this.#planned, this.#around), 'feedbench server', cores)
      return { server, address: { host, port: await listen(server) } }
    }
    this.#around.signal.throwIfAborted()
    const { member, address } = await startTarget(target, { fleet, cores, lifetimeMs: lifetimeMs(this.#planned), logFile })
    this.#members.push(member)
    return { server: member, address }
  }

  /** The server itself, or a process of its own that publishes to it. */
  async #launchPublisher(server: Member, address: Address): Promise<Member> {
    if (this.#planned.publisher.place === 'server') return server
    return this.#launch('publisher', publisherSpec(this.#planned, this.#around, address), 'feedbench publisher', null)
  }

  /** Where there is a link, the processes that are it, between the clients and the server's port. */
  #launchRelays(address: Address): Promise<Member[]> {
    const relays = this.#planned.placement.relays ?? []
    const launches = relays.flatMap(({ cores }, index) => {
      const spec = relaySpec(this.#planned, this.#around, index, address)
      return spec === null ? [] : [this.#launch('relay', spec, `feedbench relay ${spec.relay}`, cores)]
    })
    return Promise.all(launches)
  }

  async #launchDriver(index: number): Promise<Member> {
    const spec = driverSpec(this.#planned, this.#around, index)
    const driver = await this.#launch(
      'driver',
      spec,
      `feedbench driver ${spec.driver}`,
      this.#planned.placement.drivers[index]?.cores ?? null,
    )
    driver.onEvent((event, data) => {
      if (event !== 'progress') return
      const progress = this.#progress.note(index, data as unknown as Progress)
      if (progress !== null) this.#around.events.onProgress(progress)
    })
    return driver
  }

  async #launch(role: RoleName, spec: object, title: string, cores: number[] | null): Promise<Member> {
    this.#around.signal.throwIfAborted()
    const options = { title, cores, lifetimeMs: lifetimeMs(this.#planned), ...this.link.option }
    const member = await this.#around.fleet.launch(role, spec as unknown as Json, options)
    this.#members.push(member)
    return member
  }

  async #connect(drivers: readonly Member[], host: string, ports: number[]): Promise<void> {
    const { connect, load, placement } = this.#planned
    this.#phase('connect', (load.clients / connect.ratePerSec) * 1e6)
    const epochUs = this.#around.clock.nowUs()
    await Promise.all(
      drivers.map((driver, index) => {
        const share = (placement.drivers[index]?.clients ?? 0) / load.clients
        const request: ConnectRequest = {
          host,
          port: ports[0] as number,
          ...(ports.length > 1 ? { relayPorts: ports } : {}),
          epochUs,
          ratePerSec: connect.ratePerSec * share,
          timeoutUs: connect.timeoutUs,
        }
        return driver.request('connect', { ...request }, connect.timeoutUs / 1e3 + ANSWER_DEADLINE_MS)
      }),
    )
  }

  async #passWindows(windows: readonly TrialWindow[]): Promise<TrialShards['machine']> {
    const { clock, fleet } = this.#around
    this.#phase('warmup', (windows[0]?.startUs ?? 0) - clock.nowUs())
    let start = readMachine(clock)
    let cpu = process.cpuUsage()
    for (const [index, window] of windows.entries()) {
      await fleet.barrier('window-start', window.startUs)
      if (index === 0) {
        start = readMachine(clock)
        cpu = process.cpuUsage()
      }
      this.#phase('measure', window.endUs - clock.nowUs())
      await fleet.barrier('window-end', window.endUs)
    }
    const { user, system } = process.cpuUsage(cpu)
    return { start, end: readMachine(clock), runnerCpuUs: user + system }
  }

  async #drain(drivers: readonly Member[], untilUs: number): Promise<void> {
    const { drainUs } = this.#planned.phases
    this.#phase('drain', drainUs)
    const request: DrainRequest = { untilUs: untilUs + drainUs }
    await Promise.all(drivers.map((driver) => driver.request('drain', { ...request }, drainUs / 1e3 + ANSWER_DEADLINE_MS)))
  }

  #pause(us: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, us / 1e3))
  }

  #phase(phase: TrialPhase, endsInUs: number): void {
    this.phase = phase
    this.#around.events.onPhase(phase, Math.max(0, endsInUs))
  }
}
