import type { Codec } from '../feed/codec.js'
import { createSchedule } from '../feed/schedule.js'
import { createTopics } from '../feed/source.js'
import { positionsIn } from '../feed/windows.js'
import { systemClock, type Timers } from '../measure/clock.js'
import { SliceRecorder } from '../measure/slices.js'
import type { Side } from '../model/gate.js'
import type { PairDriverSpec, PairTimes, SideShard, SideTarget } from '../model/pair.js'
import type { TrialWindow } from '../model/trial.js'
import { createDialer, type Dialer } from '../network/dial.js'
import type { Intake } from '../network/intake.js'
import type { OpenClient } from '../transports/transport.js'
import { IntendedTimes } from './intended-times.js'
import { stratifiedPhases } from './phases.js'
import { Population } from './population.js'
import { SimulatedClient } from './simulated-client.js'
import { Tally } from './tally.js'

/** What the clients of both sides share. */
export interface SideParts {
  spec: PairDriverSpec
  open: OpenClient
  intake: Intake
  timers: Timers
  codec: Codec
}

type Bytes = SideShard['bytes']

const NO_BYTES = { received: 0, handed: 0, sent: 0 }

/** The clients of one side of a gate in a driver that has as many of the other. */
export class SideClients {
  readonly #side: Side
  readonly #parts: SideParts
  readonly #tally: Tally<SliceRecorder>
  #times: IntendedTimes
  #dialer: Dialer | undefined
  #population: Population | undefined
  #lastPosition = 0
  #atStart: Bytes = { payload: 0, received: 0, sent: 0, deliveries: 0 }
  #bytes: Bytes = this.#atStart

  constructor(side: Side, parts: SideParts) {
    this.#side = side
    this.#parts = parts
    this.#tally = new Tally(new SliceRecorder(parts.spec.countsExcess))
    this.#times = new IntendedTimes(createSchedule(parts.spec.feed, parts.spec.trace))
  }

  /** Resolves when all are subscribed or the time is over. */
  async connect({ host, port, epochUs }: SideTarget, ratePerSec: number, timeoutUs: number): Promise<void> {
    const { spec, open, intake, timers, codec } = this.#parts
    const { driver, drivers, totalClients, clientSeed, transport, feed, trace, headers, sourceAddresses } = spec
    const target = { host, port }
    const dialer = createDialer({ ...target, sourceAddresses }, intake)
    this.#dialer = dialer
    // The times are set once the turns are known, which is before the first message.
    const around = {
      open,
      context: {
        options: transport.options,
        target,
        ...(spec.surface === undefined ? {} : { surface: spec.surface }),
        clock: systemClock,
        timers,
        headers,
        epochUs,
        shared: new Map<string, unknown>(),
      },
      dialer,
      codec,
      topics: createTopics(feed, trace),
      times: { at: (position: number) => this.#times.at(position) },
      tally: this.#tally,
      clock: systemClock,
      timers,
    }
    // The same phases on both sides: client by client they differ in nothing but the server.
    const phases = stratifiedPhases(totalClients, clientSeed)
    const clients: SimulatedClient[] = []
    for (let index = driver - 1; index < totalClients; index += drivers)
      clients.push(new SimulatedClient(index, phases[index] as number, around))
    this.#population = new Population(clients, systemClock, timers)
    await this.#population.connect(ratePerSec, timeoutUs)
  }

  openSlices({ epochUs, turns, slices }: PairTimes): void {
    const { feed, trace } = this.#parts.spec
    const schedule = createSchedule({ ...feed, slices: turns[this.#side] }, trace)
    const own = slices.filter(({ side }) => side === this.#side)
    const positions = positionsIn(schedule, epochUs, own)
    this.#times = new IntendedTimes(schedule)
    this.#times.epochUs = epochUs
    this.#tally.open(own, positions)
    this.#tally.recorder.open(own.map((slice, index) => afterFirst(slice, this.#times.at(positions[index]?.first ?? 1))))
    this.#lastPosition = positions.at(-1)?.last ?? 0
  }

  /** Bytes and messages count from now. */
  start(): void {
    this.#atStart = this.#sample()
  }

  end(): void {
    const end = this.#sample()
    const { payload, received, sent, deliveries } = this.#atStart
    this.#bytes = {
      payload: end.payload - payload,
      received: end.received - received,
      sent: end.sent - sent,
      deliveries: end.deliveries - deliveries,
    }
  }

  async drained(untilUs: number): Promise<void> {
    await this.#population?.drained(() => this.#lastPosition, untilUs)
  }

  async close(): Promise<void> {
    await this.#population?.close()
  }

  collect(): SideShard {
    const clients = this.#population?.clients ?? []
    const { ledger, recorder, lost, exhausted, foreign, lastError } = this.#tally
    return {
      ledger: ledger.counts(clients.map((client) => client.ledger)),
      slices: recorder.finish(),
      bytes: this.#bytes,
      connections: {
        opened: clients.filter(({ wasSubscribed }) => wasSubscribed).length,
        lost,
        exhausted,
        foreign,
        lastError,
      },
    }
  }

  #sample(): Bytes {
    const { handed, sent } = this.#dialer?.totals ?? NO_BYTES
    const { payloadBytes, deliveries } = this.#tally
    return { received: handed, sent, payload: payloadBytes, deliveries }
  }
}

/** The first message of a slice finds a server that has rested, and is not counted; nor is what is due with it. */
function afterFirst(slice: TrialWindow, firstUs: number): TrialWindow {
  return { ...slice, startUs: Math.max(slice.startUs, firstUs + 1) }
}
