import type { DriverShard, Usage } from '../model/shard.js'
import type { DriverCost, DriverReport, MachineLoad, ServerCost } from '../model/trial.js'
import { decodeHistogram, distribution } from './histogram.js'
import { TICKS_PER_SEC } from './process-cpu.js'
import { merged, ratio, sum } from './sums.js'
import type { TrialShards } from './trial-shards.js'

/** Fewer find room in pages that the process has already: 200 WebSockets came out as 1.3 kB each, 1,000 as 6.2, 10,000 as 7.0. */
const FEWEST_CONNECTIONS = 1_000

/** What the server paid. */
export function serverCost({ server, drivers, settledRss, windows }: TrialShards): ServerCost {
  const { beforeBytes, connectedBytes, connections } = settledRss
  const { usage, metronomeCpuUs, writes, messagesWritten, evicted, disconnected } = server
  const windowsUs = sum(windows, ({ startUs, endUs }) => endUs - startUs)
  const deliveries = sum(drivers, (driver) => driver.bytes.deliveries * ratioOr1(windowsUs, driver.usage.sampledUs))
  // A busy server takes its samples late; what it used is brought to the length of the windows.
  const inWindows = (us: number | null) => (us === null ? null : Math.round(us * ratioOr1(windowsUs, usage.sampledUs)))
  const { cpuUserUs, cpuSystemUs } = usage
  const cpuUs = inWindows(cpuUserUs === null || cpuSystemUs === null ? null : cpuUserUs + cpuSystemUs - (metronomeCpuUs ?? 0))
  return {
    cpuUs,
    cpuUserUs: inWindows(usage.cpuUserUs),
    cpuSystemUs: inWindows(usage.cpuSystemUs),
    metronomeCpuUs,
    cpuUsPerMessage: cpuUs === null ? null : ratio(cpuUs, deliveries),
    eventLoopUtilization: usage.eventLoopUtilization,
    eventLoopDelayUsP99: usage.eventLoopDelayUsP99,
    gcUs: usage.gcUs,
    rssBytes: usage.rssBytes,
    rssBytesPerConnection: connections < FEWEST_CONNECTIONS ? null : Math.round((connectedBytes - beforeBytes) / connections),
    writes,
    messagesPerWrite: messagesWritten === null || writes === null ? null : ratio(messagesWritten, writes),
    evicted,
    disconnected,
  }
}

export function driverReport(shard: DriverShard): DriverReport {
  const { driver, clients, clock, usage, heartbeat, negatives, connections } = shard
  return {
    driver,
    clients,
    clock,
    ...cost(usage),
    lagUs: distribution(decodeHistogram(shard.lagUs)),
    transitLessLagUs: distribution(decodeHistogram(shard.transitLessLagUs)),
    heartbeatLatenessUs: distribution(decodeHistogram(heartbeat.latenessUs)),
    frozenUs: heartbeat.frozenUs,
    negatives,
    exhausted: connections.exhausted,
  }
}

/** All drivers together: sums, and the greatest of utilisation and delays. */
export function combinedCost(drivers: readonly DriverShard[]): DriverCost {
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
    heartbeatLatenessUs: merged(drivers, ({ heartbeat }) => heartbeat.latenessUs),
    frozenUs: most(({ heartbeat }) => heartbeat.frozenUs) ?? 0,
    negatives: sum(drivers, ({ negatives }) => negatives),
    exhausted: sum(drivers, ({ connections }) => connections.exhausted),
  }
}

function cost(usage: Usage): Pick<DriverCost, 'cpuUs' | 'eventLoopUtilization' | 'eventLoopDelayUsP99' | 'gcUs' | 'rssBytes'> {
  const { eventLoopUtilization, eventLoopDelayUsP99, gcUs, rssBytes } = usage
  return { cpuUs: usage.cpuUserUs + usage.cpuSystemUs, eventLoopUtilization, eventLoopDelayUsP99, gcUs, rssBytes }
}

/** What the machine did beside the trial's own processes. */
export function machineLoad({ machine: { start, end, runnerCpuUs }, server, drivers, relays }: TrialShards): MachineLoad {
  const wallClockDriftUs = Math.round(end.wallOffsetUs - start.wallOffsetUs)
  if (start.ticks === null || end.ticks === null) return { cpuOthersShare: null, stealShare: null, wallClockDriftUs }
  const totalTicks = end.ticks.total - start.ticks.total
  if (totalTicks <= 0) return { cpuOthersShare: null, stealShare: null, wallClockDriftUs }
  const publisher = server.posts === null ? [] : [server.posts.usage]
  const ownUs = [server.usage, ...publisher, ...[...drivers, ...relays].map(({ usage }) => usage)].reduce(
    (us, usage) => us + (usage.cpuUserUs ?? 0) + (usage.cpuSystemUs ?? 0),
    runnerCpuUs,
  )
  const othersTicks = end.ticks.busy - start.ticks.busy - (ownUs / 1e6) * TICKS_PER_SEC
  return {
    cpuOthersShare: round4(Math.max(0, othersTicks / totalTicks)),
    stealShare: round4((end.ticks.steal - start.ticks.steal) / totalTicks),
    wallClockDriftUs,
  }
}

function round4(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

function ratioOr1(part: number, whole: number): number {
  return ratio(part, whole) ?? 1
}
