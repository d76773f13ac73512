import { Histogram } from '../measure/histogram.js'
import type { PositionRange } from '../measure/ledger.js'
import { Recorder } from '../measure/recorder.js'
import type { Progress } from '../model/member.js'
import type { DriverShard, LedgerShard, SlowReadersShard, UnfinishedShard } from '../model/shard.js'
import type { TrialWindow } from '../model/trial.js'
import type { SimulatedClient } from './simulated-client.js'
import { Tally } from './tally.js'

/** Clients whose times belong together. */
export class Group {
  readonly tally = new Tally(new Recorder())
  readonly clients: SimulatedClient[] = []
}

type Account = Pick<DriverShard, 'ledger' | 'unfinished' | 'connectUs' | 'requests' | 'slow'> &
  Omit<ReturnType<Tally['recorder']['finish']>, 'staleness'> &
  Pick<DriverShard, 'staleness'> & { connections: Omit<DriverShard['connections'], 'unsubscribedAtStart'> }

/** The clients of a driver: those that read as fast as they can, and slow readers, whose times are kept apart. All else is of both. */
export class Groups {
  readonly usual = new Group()
  readonly slow: Group | null

  constructor(hasSlowReaders: boolean) {
    this.slow = hasSlowReaders ? new Group() : null
  }

  of(isSlow: boolean): Group {
    return isSlow && this.slow !== null ? this.slow : this.usual
  }

  open(windows: readonly TrialWindow[], positions: readonly PositionRange[]): void {
    for (const { tally } of this.#all) tally.open(windows, positions)
  }

  /** For whoever watches; latencies are of those that read as fast as they can. */
  progress(): Omit<Progress, 'cpuUs'> {
    const newest = Math.max(...this.#all.map(({ tally }) => tally.newest))
    return {
      connected: this.#sum(({ subscribed }) => subscribed),
      delivered: this.#sum(({ ledger }) => ledger.delivered),
      superseded: this.#sum(({ ledger }) => ledger.superseded),
      seen: this.usual.tally.ledger.countInWindows({ first: 1, last: newest }),
      newest,
      received: this.#sum(({ deliveries }) => deliveries),
      recent: this.usual.tally.recorder.recent.take(),
    }
  }

  /** Messages received so far, and the length of their texts. */
  get received(): { payload: number; deliveries: number } {
    return { payload: this.#sum(({ payloadBytes }) => payloadBytes), deliveries: this.#sum(({ deliveries }) => deliveries) }
  }

  /** `slowBytes`: what slow readers read over the windows. */
  account(slowBytes: number): Account {
    const all = this.#all
    const clients = all.flatMap((group) => group.clients)
    const opened = clients.filter((client) => client.wasSubscribed).length
    const connectUs = new Histogram()
    for (const { tally } of all) connectUs.add(tally.connectUs)
    const usual = this.usual.tally.recorder.finish(this.usual.clients)
    const slow = this.slow?.tally.recorder.finish(this.slow.clients)
    return {
      ...usual,
      ledger: added(all.map(ledgerOf)),
      unfinished: added(all.map(unfinishedOf)),
      negatives: usual.negatives + (slow?.negatives ?? 0),
      slow: this.slow === null || slow === undefined ? null : slowShard(this.slow, { ...slow, receivedBytes: slowBytes }),
      connectUs: connectUs.encode(),
      requests: added(all.map(({ tally }) => tally.requests)),
      connections: {
        opened,
        failed: clients.length - opened,
        reconnects: reconnectsOf(clients),
        exhausted: this.#sum(({ exhausted }) => exhausted),
        lost: this.#sum(({ lost }) => lost),
        foreign: this.#sum(({ foreign }) => foreign),
        lastError: all.find(({ tally }) => tally.lastError !== null)?.tally.lastError ?? null,
      },
    }
  }

  get #all(): Group[] {
    return this.slow === null ? [this.usual] : [this.usual, this.slow]
  }

  #sum(figure: (tally: Tally) => number): number {
    return this.#all.reduce((total, { tally }) => total + figure(tally), 0)
  }
}

function slowShard(
  group: Group,
  { latencyUs, staleness, receivedBytes }: Pick<SlowReadersShard, 'latencyUs' | 'staleness' | 'receivedBytes'>,
): SlowReadersShard {
  return { ledger: ledgerOf(group), latencyUs, staleness, receivedBytes, reconnects: reconnectsOf(group.clients) }
}

function ledgerOf({ tally, clients }: Group): LedgerShard {
  return tally.ledger.counts(clients.map(({ ledger }) => ledger))
}

/** Whoever never was subscribed is told of elsewhere. */
function unfinishedOf({ tally, clients }: Group): UnfinishedShard {
  const counts = clients
    .filter(({ wasSubscribed }) => wasSubscribed)
    .map(({ ledger }) => tally.ledger.countInWindows({ first: ledger.next, last: Number.MAX_SAFE_INTEGER }))
    .filter((count) => count > 0)
  return { clients: counts.length, deliveries: counts.reduce((sum, count) => sum + count, 0) }
}

function reconnectsOf(clients: readonly SimulatedClient[]): number {
  return clients.reduce((sum, { connections }) => sum + Math.max(0, connections - 1), 0)
}

/** Figure by figure. */
function added<Figures extends object>([first, ...others]: Figures[]): Figures {
  const total = { ...first } as Record<string, number>
  for (const other of others) for (const [key, value] of Object.entries(other)) total[key] = (total[key] ?? 0) + value
  return total as Figures
}
