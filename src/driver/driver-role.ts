import type { Codec } from '../feed/codec.js'
import { loadCodec } from '../feed/codecs.js'
import { createSchedule, type Schedule } from '../feed/schedule.js'
import { createTopics } from '../feed/source.js'
import { positionsIn } from '../feed/windows.js'
import { systemClock } from '../measure/clock.js'
import { hostClockDomain } from '../measure/clock-domain.js'
import { Heartbeat } from '../measure/heartbeat.js'
import { HeapTimers } from '../measure/timers.js'
import { UsageMeter } from '../measure/usage.js'
import { combineUsage } from '../measure/usage-sum.js'
import type { ConnectRequest, DrainRequest, DriverSpec, FeedTimes, ObservedSpan, Progress } from '../model/member.js'
import type { Emit, Json, Role, RoleFactory } from '../model/role.js'
import type { DriverShard, Usage } from '../model/shard.js'
import { JSON_CODEC } from '../model/target.js'
import { createDialer, type Dialer } from '../network/dial.js'
import { Intake } from '../network/intake.js'
import type { SlowReading } from '../network/read-pace.js'
import { loadTransport } from '../transports/registry.js'
import type { OpenClient } from '../transports/transport.js'
import { irregularGaps } from './beat-gaps.js'
import { Groups } from './groups.js'
import { IntendedTimes } from './intended-times.js'
import { Observation } from './observation.js'
import { stratifiedPhases } from './phases.js'
import { Population } from './population.js'
import { SimulatedClient, type Surroundings } from './simulated-client.js'
import { slowClients } from './slow-clients.js'
import { type Sample, WindowSums } from './window-sums.js'

const PROGRESS_EVERY_MS = 500

/** What a driver is built from, and another kind of it may have otherwise. */
export interface DriverParts {
  codec: Codec
}

/**
 * A driver: a population of clients and its life.
 * @internal for the test that has another codec
 */
export function driverOf({ codec }: Partial<DriverParts>): RoleFactory {
  return async (json, emit) => {
    const spec = json as unknown as DriverSpec
    const transport = await loadTransport(spec.transport.module)
    const { open } = await transport.client()
    return new Driver(spec, open, codec ?? (await loadCodec(spec.codec ?? JSON_CODEC)), emit)
  }
}

export const createDriver: RoleFactory = driverOf({})

const NO_BYTES = { received: 0, handed: 0, sent: 0, headers: null }

class Driver implements Role {
  readonly #spec: DriverSpec
  readonly #open: OpenClient
  readonly #codec: Codec
  readonly #schedule: Schedule
  readonly #groups: Groups
  readonly #intake = new Intake()
  readonly #timers = new HeapTimers(
    systemClock,
    () => this.#intake.pollClock.woken(),
    () => this.#intake.pollClock.rest(),
  )
  readonly #meter = new UsageMeter()
  readonly #heartbeat: Heartbeat
  readonly #times: IntendedTimes
  readonly #slowReading: SlowReading
  readonly #progress: NodeJS.Timeout
  readonly #usages: Usage[] = []
  readonly #windowSums = new WindowSums()
  readonly #observation: Observation | null
  #bytesAtBeat = 0
  #lastPosition = 0
  #unsubscribedAtStart = 0
  #dialer: Dialer | undefined
  #population: Population | undefined

  constructor(spec: DriverSpec, open: OpenClient, codec: Codec, emit: Emit) {
    this.#spec = spec
    this.#open = open
    this.#codec = codec
    this.#schedule = createSchedule(spec.feed, spec.trace)
    this.#times = new IntendedTimes(this.#schedule)
    this.#groups = new Groups(spec.slowReaders !== null)
    this.#observation = spec.isObserved === true ? new Observation() : null
    const bytesPerSec = spec.slowReaders?.bytesPerSec ?? 0
    this.#slowReading = { bytesPerSec, clock: systemClock, timers: this.#timers, readBytes: 0 }
    this.#heartbeat = new Heartbeat(
      irregularGaps(spec.clientSeed + spec.driver),
      () => this.#intake.pollClock.workedUs(),
      () => this.#beat(),
    )
    this.#progress = setInterval(() => {
      const { user, system } = process.cpuUsage()
      const progress: Progress = { ...this.#groups.progress(), cpuUs: user + system }
      emit('progress', { ...progress })
    }, PROGRESS_EVERY_MS)
  }

  async request(method: string, params: Json): Promise<Json> {
    switch (method) {
      case 'connect':
        return this.#connect(params as unknown as ConnectRequest)
      case 'times':
        return this.#openWindows(params as unknown as FeedTimes)
      case 'drain':
        return this.#drain(params as unknown as DrainRequest)
      case 'spans':
        return (this.#observation?.feed.spans ?? []) as unknown as Json
      case 'settle':
        return this.#observation?.settle(params as unknown as ObservedSpan[], this.#clients) ?? 0
      case 'close':
        await this.#population?.close()
        return null
      case 'collect':
        return this.#collect() as unknown as Json
      default:
        throw new Error(`a driver does not know ${method}`)
    }
  }

  barrier(name: string): void {
    if (name === 'window-start') {
      const start = this.#sample()
      this.#windowSums.start(start)
      this.#bytesAtBeat = start.received
      this.#unsubscribedAtStart = this.#clients.filter((client) => !client.isSubscribed).length
      this.#heartbeat.start()
      this.#meter.start()
    } else if (name === 'window-end') {
      this.#usages.push(this.#meter.stop())
      this.#beat()
      this.#heartbeat.stop()
      this.#windowSums.end(this.#sample())
    }
  }

  /**
   * What is counted in wall time, all at the same moment, so that bytes and the messages in them belong together however late that is. What a driver
   * that cannot keep up has read and not yet handled is in neither.
   */
  #sample(): Sample {
    const { handed, sent, headers } = this.#dialer?.totals ?? NO_BYTES
    return { received: handed, sent, headers: headers ?? 0, ...this.#groups.received, slow: this.#slowReading.readBytes }
  }

  async stop(): Promise<void> {
    clearInterval(this.#progress)
    this.#heartbeat.stop()
    await this.#population?.close()
  }

  get #clients(): readonly SimulatedClient[] {
    return this.#population?.clients ?? []
  }

  async #connect({ host, port, relayPorts, epochUs, ratePerSec, timeoutUs }: ConnectRequest): Promise<null> {
    const { driver, drivers, totalClients, clientSeed, slowReaders, transport, feed, trace, headers, sourceAddresses } =
      this.#spec
    const dialer = createDialer({ host, port, relayPorts: relayPorts ?? [port], sourceAddresses }, this.#intake)
    this.#dialer = dialer
    const around: Surroundings = {
      open: this.#open,
      context: {
        options: transport.options,
        target: { host, port },
        ...(this.#spec.surface === undefined ? {} : { surface: this.#spec.surface }),
        clock: systemClock,
        timers: this.#timers,
        headers,
        epochUs,
        shared: new Map(),
      },
      dialer,
      codec: this.#codec,
      topics: createTopics(feed, trace),
      times: this.#times,
      ...(this.#observation === null ? {} : { observed: this.#observation.feed }),
      tally: this.#groups.usual.tally,
      clock: systemClock,
      timers: this.#timers,
    }
    const slowly: Surroundings = {
      ...around,
      dialer: { dial: () => dialer.dial(this.#slowReading) },
      tally: this.#groups.of(true).tally,
    }
    const phases = stratifiedPhases(totalClients, clientSeed)
    const slow = slowClients(totalClients, slowReaders)
    const clients: SimulatedClient[] = []
    for (let index = driver - 1; index < totalClients; index += drivers) {
      const isSlow = slow.has(index)
      const client = new SimulatedClient(index, phases[index] as number, isSlow ? slowly : around)
      this.#groups.of(isSlow).clients.push(client)
      clients.push(client)
    }
    this.#population = new Population(clients, systemClock, this.#timers)
    await this.#population.connect(ratePerSec, timeoutUs)
    return null
  }

  #openWindows({ epochUs, windows }: FeedTimes): null {
    this.#times.epochUs = epochUs
    const positions = this.#observation?.open(windows) ?? positionsIn(this.#schedule, epochUs, windows)
    this.#groups.open(windows, positions)
    this.#lastPosition = positions.at(-1)?.last ?? 0
    // All that runs in a window runs before it, so that V8 has nothing new to compile when it begins.
    this.#heartbeat.warmUp()
    this.#meter.start()
    return null
  }

  async #drain({ untilUs }: DrainRequest): Promise<null> {
    const last = () => (this.#observation === null ? this.#lastPosition : this.#observation.feed.lastPosition())
    await this.#population?.drained(last, untilUs)
    return null
  }

  #beat(): void {
    this.#intake.pollClock.woken()
    const { handed } = this.#dialer?.totals ?? NO_BYTES
    this.#groups.usual.tally.recorder.addBytes(systemClock.nowUs(), handed - this.#bytesAtBeat)
    this.#bytesAtBeat = handed
    this.#intake.pollClock.rest()
  }

  #collect(): DriverShard {
    const { slow, ...bytes } = this.#windowSums.sums
    const { connections, ...counted } = this.#groups.account(slow)
    const account = this.#observation?.account(counted, this.#clients.length) ?? counted
    const { received, sent, headers } = this.#dialer?.totals ?? NO_BYTES
    return {
      driver: this.#spec.driver,
      clients: this.#clients.length,
      clock: hostClockDomain(),
      ...account,
      bytes: {
        ...bytes,
        headers: headers === null ? null : bytes.headers,
        lifetime: { received, sent },
      },
      connections: { ...connections, unsubscribedAtStart: this.#unsubscribedAtStart },
      usage: combineUsage(this.#usages),
      heartbeat: this.#heartbeat.report(),
    }
  }
}
