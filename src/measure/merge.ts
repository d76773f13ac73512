import type { PlannedTrial } from '../model/plan.js'
import type { DriverShard, ServerShard, Usage } from '../model/shard.js'
import type { DriverCost, DriverReport, MachineLoad, SeriesPoint, ServerCost, Trial, TrialWindow } from '../model/trial.js'
import { decodeHistogram, distribution, EMPTY_DISTRIBUTION, mergeHistograms } from './histogram.js'
import type { MachineReading } from './machine.js'
import { agesOverTime } from './staleness.js'

/** All that was measured in a trial, by whoever measured it. */
export interface TrialShards {
  planned: PlannedTrial
  windows: TrialWindow[]
  /** Intended times in the windows, counted by the runner from the plan. */
  scheduled: number
  server: ServerShard
  drivers: DriverShard[]
  /** Resident bytes of the server before connecting, and connected without a feed. */
  settledRss: { beforeBytes: number; connectedBytes: number }
  machine: { start: MachineReading; end: MachineReading; runnerCpuUs: number }
  startedAt: string
}

/** Adds up a trial. Histograms are added, percentiles taken from the sum; nothing is judged here. */
export function mergeTrial(shards: TrialShards): Omit<Trial, 'verdict'> {
  const { planned, windows, scheduled, server, drivers } = shards
  const { index, transport, label, round, load, placement } = planned
  const ledger = addAll(drivers, ({ ledger }) => ledger)
  const expected = scheduled * load.clients
  const requests = addAll(drivers, ({ requests }) => requests)
  const bytes = mergeBytes(drivers)
  const trial: Omit<Trial, 'verdict' | 'notMeasured'> = {
    index,
    transport,
    label,
    round,
    load,
    windows,
    messages: {
      scheduled,
      published: server.published,
      expected,
      delivered: ledger.delivered,
      missing: ledger.missing,
      superseded: ledger.superseded,
      duplicates: ledger.duplicates,
      reordered: ledger.reordered,
    },
    latencyUs: merged(drivers, ({ latencyUs }) => latencyUs),
    transitUs: merged(drivers, ({ transitUs }) => transitUs),
    publishDelayUs: distribution(decodeHistogram(server.publishDelayUs)),
    connectUs: merged(drivers, ({ connectUs }) => connectUs),
    stalenessUs: mergeStaleness(drivers),
    bytes,
    requests: {
      total: requests.total,
      empty: requests.empty,
      failed: requests.failed,
      skipped: requests.skipped,
      perMessage: ratio(requests.total, expected),
      messagesPerResponse: ratio(requests.messages, requests.responses),
    },
    connections: {
      opened: sum(drivers, ({ connections }) => connections.opened),
      failed: sum(drivers, ({ connections }) => connections.failed),
      reconnects: sum(drivers, ({ connections }) => connections.reconnects),
    },
    server: serverCost(
      shards,
      sum(drivers, ({ bytes }) => bytes.deliveries),
    ),
    driver: combinedCost(drivers),
    drivers: drivers.map(driverReport),
    series: mergeSeries(drivers),
    publisher: server.publisher,
    machine: machineLoad(shards),
    placement,
    startedAt: shards.startedAt,
  }
  return { ...trial, notMeasured: reasonsForNull(trial) }
}

function mergeBytes(drivers: readonly DriverShard[]): Trial['bytes'] {
  const payload = sum(drivers, ({ bytes }) => bytes.payload)
  const received = sum(drivers, ({ bytes }) => bytes.received)
  const sent = sum(drivers, ({ bytes }) => bytes.sent)
  const deliveries = sum(drivers, ({ bytes }) => bytes.deliveries)
  return {
    payload,
    received,
    sent,
    perMessage: ratio(received + sent, deliveries),
    overheadRatio: ratio(received + sent - payload, payload),
    lifetime: {
      received: sum(drivers, ({ bytes }) => bytes.lifetime.received),
      sent: sum(drivers, ({ bytes }) => bytes.lifetime.sent),
    },
  }
}

function mergeStaleness(drivers: readonly DriverShard[]): Trial['stalenessUs'] {
  const observedUs = sum(drivers, ({ staleness }) => staleness.observedUs)
  if (observedUs === 0) return EMPTY_DISTRIBUTION
  const { ages } = agesOverTime(
    mergeHistograms(drivers.map(({ staleness }) => staleness.startAges)),
    mergeHistograms(drivers.map(({ staleness }) => staleness.endAges)),
  )
  const meanUs = sum(drivers, ({ staleness }) => (staleness.meanUs ?? 0) * staleness.observedUs) / observedUs
  // The mean is exact; the histogram's own has its buckets' width.
  return ages.count === 0 ? EMPTY_DISTRIBUTION : { ...distribution(ages), mean: Math.round(meanUs * 10) / 10 }
}

function serverCost({ planned, server, settledRss }: TrialShards, deliveries: number): ServerCost {
  const { usage, metronomeCpuUs, writes, messagesWritten, evicted } = server
  const cpuUs = usage.cpuUserUs + usage.cpuSystemUs - (metronomeCpuUs ?? 0)
  return {
    cpuUs,
    cpuUserUs: usage.cpuUserUs,
    cpuSystemUs: usage.cpuSystemUs,
    metronomeCpuUs,
    cpuUsPerMessage: ratio(cpuUs, deliveries),
    eventLoopUtilization: usage.eventLoopUtilization,
    eventLoopDelayUsP99: usage.eventLoopDelayUsP99,
    gcUs: usage.gcUs,
    rssBytes: usage.rssBytes,
    rssBytesPerConnection: Math.round((settledRss.connectedBytes - settledRss.beforeBytes) / planned.load.clients),
    writes,
    messagesPerWrite: messagesWritten === null || writes === null ? null : ratio(messagesWritten, writes),
    evicted,
  }
}

function driverReport(shard: DriverShard): DriverReport {
  const { driver, clients, clock, usage, heartbeat, negatives, connections } = shard
  return {
    driver,
    clients,
    clock,
    ...cost(usage),
    lagUs: distribution(decodeHistogram(shard.lagUs)),
    transitLessLagUs: distribution(decodeHistogram(shard.transitLessLagUs)),
    heartbeatLatenessUsP99: heartbeat.latenessUsP99,
    frozenUs: heartbeat.frozenUs,
    negatives,
    exhausted: connections.exhausted,
  }
}

function combinedCost(drivers: readonly DriverShard[]): DriverCost {
  const most = (figure: (shard: DriverShard) => number | null) => {
    const values = drivers.map(figure).filter((value) => value !== null)
    return values.length === 0 ? null : Math.max(...values)
  }
  return {
    cpuUs: sum(drivers, ({ usage }) => usage.cpuUserUs + usage.cpuSystemUs),
    eventLoopUtilization: most(({ usage }) => usage.eventLoopUtilization),
    eventLoopDelayUsP99: most(({ usage }) => usage.eventLoopDelayUsP99),
    gcUs: sum(drivers, ({ usage }) => usage.gcUs),
    rssBytes: sum(drivers, ({ usage }) => usage.rssBytes),
    lagUs: merged(drivers, ({ lagUs }) => lagUs),
    transitLessLagUs: merged(drivers, ({ transitLessLagUs }) => transitLessLagUs),
    heartbeatLatenessUsP99: most(({ heartbeat }) => heartbeat.latenessUsP99),
    frozenUs: most(({ heartbeat }) => heartbeat.frozenUs) ?? 0,
    negatives: sum(drivers, ({ negatives }) => negatives),
    exhausted: sum(drivers, ({ connections }) => connections.exhausted),
  }
}

function cost(usage: Usage): Pick<DriverCost, 'cpuUs' | 'eventLoopUtilization' | 'eventLoopDelayUsP99' | 'gcUs' | 'rssBytes'> {
  const { eventLoopUtilization, eventLoopDelayUsP99, gcUs, rssBytes } = usage
  return { cpuUs: usage.cpuUserUs + usage.cpuSystemUs, eventLoopUtilization, eventLoopDelayUsP99, gcUs, rssBytes }
}

function mergeSeries(drivers: readonly DriverShard[]): SeriesPoint[] {
  const lengthUs = drivers[0]?.blockLengthUs ?? 1e6
  const indexes = [...new Set(drivers.flatMap(({ blocks }) => blocks.map(({ index }) => index)))].sort((a, b) => a - b)
  return indexes.map((index) => {
    const blocks = drivers.flatMap((driver) => driver.blocks.filter((block) => block.index === index))
    const { p50, p99, max, histogram } = distribution(mergeHistograms(blocks.map(({ latencyUs }) => latencyUs)))
    return {
      atMs: (index * lengthUs) / 1e3,
      lengthMs: lengthUs / 1e3,
      delivered: sum(blocks, ({ delivered }) => delivered),
      latencyUs: { p50, p99, max, histogram },
      bytesReceived: sum(blocks, ({ bytesReceived }) => bytesReceived),
    }
  })
}

/** Linux counts processor time in ticks of 1/100 s for `/proc/stat`. */
const TICKS_PER_SEC = 100

function machineLoad({ machine: { start, end, runnerCpuUs }, server, drivers }: TrialShards): MachineLoad {
  const wallClockDriftUs = Math.round(end.wallOffsetUs - start.wallOffsetUs)
  if (start.ticks === null || end.ticks === null) return { cpuOthersShare: null, stealShare: null, wallClockDriftUs }
  const totalTicks = end.ticks.total - start.ticks.total
  if (totalTicks <= 0) return { cpuOthersShare: null, stealShare: null, wallClockDriftUs }
  const ownUs = [server.usage, ...drivers.map(({ usage }) => usage)].reduce(
    (us, usage) => us + usage.cpuUserUs + usage.cpuSystemUs,
    runnerCpuUs,
  )
  const othersTicks = end.ticks.busy - start.ticks.busy - (ownUs / 1e6) * TICKS_PER_SEC
  return {
    cpuOthersShare: round4(Math.max(0, othersTicks / totalTicks)),
    stealShare: round4((end.ticks.steal - start.ticks.steal) / totalTicks),
    wallClockDriftUs,
  }
}

function reasonsForNull(trial: Omit<Trial, 'verdict' | 'notMeasured'>): Record<string, string> {
  const { transitUs, stalenessUs, requests, bytes, server, machine, latencyUs } = trial
  const reasons: [isNull: boolean, path: string, reason: string][] = [
    [latencyUs.count === 0, 'latencyUs', 'nothing was delivered'],
    [
      transitUs.count === 0,
      'transitUs',
      latencyUs.count === 0 ? 'nothing was delivered' : 'messages do not say when they were published',
    ],
    [stalenessUs.count === 0, 'stalenessUs', 'no client held a message'],
    [requests.perMessage === null, 'requests.perMessage', 'no message was expected'],
    [
      requests.messagesPerResponse === null,
      'requests.messagesPerResponse',
      'no request of the window was answered with messages',
    ],
    [bytes.perMessage === null, 'bytes.perMessage', 'nothing was received'],
    [bytes.overheadRatio === null, 'bytes.overheadRatio', 'nothing was received'],
    [server.cpuUsPerMessage === null, 'server.cpuUsPerMessage', 'nothing was received'],
    [server.metronomeCpuUs === null, 'server.metronomeCpuUs', 'this system does not tell the processor time of a thread'],
    [server.writes === null, 'server.writes', 'the transport answers requests'],
    [
      server.messagesPerWrite === null,
      'server.messagesPerWrite',
      server.writes === null ? 'the transport answers requests' : 'nothing was written',
    ],
    [server.eventLoopDelayUsP99 === null, 'server.eventLoopDelayUsP99', 'the window was too short'],
    [machine.cpuOthersShare === null, 'machine.cpuOthersShare', 'this system has no /proc/stat'],
    [machine.stealShare === null, 'machine.stealShare', 'this system has no /proc/stat'],
  ]
  return Object.fromEntries(reasons.filter(([isNull]) => isNull).map(([, path, reason]) => [path, reason]))
}

function merged(drivers: readonly DriverShard[], encoded: (shard: DriverShard) => string | null): Trial['latencyUs'] {
  return distribution(mergeHistograms(drivers.map(encoded).filter((text) => text !== null)))
}

function addAll<T extends Record<string, number>>(drivers: readonly DriverShard[], part: (shard: DriverShard) => T): T {
  const parts = drivers.map(part)
  const keys = Object.keys(parts[0] ?? {}) as (keyof T)[]
  return Object.fromEntries(keys.map((key) => [key, sum(parts, (figures) => figures[key] as number)])) as T
}

function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0)
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function round4(value: number): number {
  return Math.round(value * 1e4) / 1e4
}
