import type { TrialEvidence } from '../analysis/evidence.js'
import { Histogram } from '../measure/histogram.js'
import { ClientLedger, Ledger } from '../measure/ledger.js'
import type { TrialShards } from '../measure/trial-shards.js'
import type { DriverShard, ServerShard, Usage } from '../model/shard.js'
import type { Trial } from '../model/trial.js'
import { buildPlan, buildTrial } from './builders.js'

/** What the members of a trial hand in, when all went well; any part of it replaced. */

export function encoded(values: readonly number[]): string {
  const histogram = new Histogram()
  for (const us of values) histogram.record(us)
  return histogram.encode()
}

export const USAGE: Usage = {
  sampledUs: 5e6,
  cpuUserUs: 300_000,
  cpuSystemUs: 100_000,
  eventLoopUtilization: 0.2,
  eventLoopDelayUsP99: 900,
  gcUs: 5_000,
  rssBytes: 80_000_000,
}

export function buildServerShard(parts: Partial<ServerShard> = {}): ServerShard {
  return {
    clock: { domain: 'test', offsetUs: 0, errorUs: 0 },
    published: 100,
    firstPosition: 21,
    lastPosition: 120,
    publishDelayUs: encoded(new Array<number>(100).fill(300)),
    usage: USAGE,
    metronomeCpuUs: 20_000,
    writes: null,
    messagesWritten: null,
    evicted: 0,
    disconnected: { slow: 0, refused: 0 },
    buffers: null,
    publisher: { place: 'server', outlet: 'log append' },
    posts: null,
    ...parts,
  }
}

export interface DriverParts extends Partial<Omit<DriverShard, 'connections'>> {
  connections?: Partial<DriverShard['connections']>
  /** Latency of each delivery. */
  latencies?: number[]
}

export function buildDriverShard({ connections, latencies = [1_000, 2_000], ...parts }: DriverParts = {}): DriverShard {
  return {
    driver: 1,
    clients: 1,
    clock: { domain: 'test', offsetUs: 0, errorUs: 0 },
    ledger: { delivered: latencies.length, missing: 0, superseded: 0, duplicates: 0, reordered: 0, overflowed: 0 },
    unfinished: { clients: 0, deliveries: 0 },
    negatives: 0,
    latencyUs: encoded(latencies),
    transitUs: encoded(latencies.map((us) => us - 300)),
    lagUs: encoded(latencies.map(() => 50)),
    transitLessLagUs: encoded(latencies.map((us) => us - 350)),
    connectUs: encoded([4_000]),
    staleness: { startAges: encoded([1_000]), endAges: encoded([51_000]), meanUs: 26_000, observedUs: 50_000 },
    slow: null,
    blocks: [{ index: 0, delivered: latencies.length, latencyUs: encoded(latencies), bytesReceived: 400 }],
    blockLengthUs: 1e6,
    bytes: { payload: 400, received: 450, sent: 70, headers: 90, deliveries: 2, lifetime: { received: 900, sent: 140 } },
    requests: { total: 2, empty: 1, failed: 0, skipped: 0, responses: 1, messages: 2 },
    usage: USAGE,
    heartbeat: { latenessUs: encoded(new Array<number>(500).fill(200)), frozenUs: 0 },
    ...parts,
    connections: {
      opened: 1,
      failed: 0,
      reconnects: 0,
      unsubscribedAtStart: 0,
      exhausted: 0,
      lost: 0,
      foreign: 0,
      lastError: null,
      ...connections,
    },
  }
}

/** A trial of 5 s with two drivers of one client each, and two messages; any part of it replaced. */
export function buildTrialShards(parts: Partial<TrialShards> = {}): TrialShards {
  const load = { clients: 2, ratePerSec: 0.4, payloadBytes: 200 }
  const [planned] = buildPlan({ labels: ['polling'], loadPoints: [load] }).trials
  if (planned === undefined) throw new Error('a plan without a trial')
  const windows = [{ startUs: 1e9, endUs: 1e9 + 5e6, side: null, tag: null }]
  const reading = { wallOffsetUs: 1_000, ticks: { busy: 100, steal: 0, total: 1_000 } }
  return {
    planned,
    windows,
    scheduled: 2,
    server: buildServerShard({ published: 2, firstPosition: 5, lastPosition: 6 }),
    drivers: [buildDriverShard(), buildDriverShard({ driver: 2, latencies: [3_000, 40_000] })],
    relays: [],
    linkProbe: null,
    settledRss: { beforeBytes: 50_000_000, connectedBytes: 60_000_000, connections: 1_000 },
    machine: {
      start: reading,
      end: { wallOffsetUs: 1_010, ticks: { busy: 300, steal: 10, total: 2_000 } },
      runnerCpuUs: 100_000,
    },
    startedAt: '2024-05-01T12:00:00.000Z',
    ...parts,
  }
}

/** Ledgers of clients that have received all messages to a position, and the counts that these make. */
export function countsOf(
  clients: number,
  windows: { first: number; last: number },
  received: number,
): ReturnType<Ledger['counts']> {
  const ledger = new Ledger()
  ledger.open([windows])
  const ledgers = Array.from({ length: clients }, () => new ClientLedger())
  for (const client of ledgers) for (let position = 1; position <= received; position++) client.accept(position, false, ledger)
  return ledger.counts(ledgers)
}

/** What a healthy trial gives its judge; the trial's parts replaced by what `alter` makes of them. */
export function buildEvidence(
  alter: (trial: Trial) => Partial<Trial> = () => ({}),
  { server = {}, drivers = [{}] }: { server?: Partial<ServerShard>; drivers?: DriverParts[] } = {},
): TrialEvidence {
  const built = buildTrial()
  const trial = { ...built, latencyUs: { ...built.latencyUs, count: built.messages.delivered } }
  return { trial: { ...trial, ...alter(trial) }, server: buildServerShard(server), drivers: drivers.map(buildDriverShard) }
}
