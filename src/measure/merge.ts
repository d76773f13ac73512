import type { DriverShard } from '../model/shard.js'
import { isObserved } from '../model/target.js'
import type { SeriesPoint, Trial } from '../model/trial.js'
import { combinedCost, driverReport, machineLoad, serverCost } from './cost.js'
import { decodeHistogram, distribution, mergeHistograms } from './histogram.js'
import { networkReport } from './network.js'
import { reasonsForNull } from './not-measured.js'
import { slowReadersReport } from './slow-readers.js'
import { mergeStaleness } from './staleness-merge.js'
import { addAll, merged, ratio, sum } from './sums.js'
import type { TrialShards } from './trial-shards.js'

/** What is measured of a trial: it is neither judged nor compared with theory. */
export type MeasuredTrial = Omit<Trial, 'verdict' | 'predicted'>

/** Adds up a trial. Histograms are added, percentiles taken from the sum; nothing is judged here. */
export function mergeTrial(shards: TrialShards): MeasuredTrial {
  const { planned, windows, scheduled, server, drivers } = shards
  const { index, transport, label, round, load, placement } = planned
  const ledger = addAll(drivers, ({ ledger }) => ({ ...ledger }))
  const expected = scheduled * load.clients
  const requests = addAll(drivers, ({ requests }) => requests)
  const bytes = mergeBytes(drivers)
  const trial: Omit<MeasuredTrial, 'notMeasured'> = {
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
      ...(isObserved(planned) ? { basis: 'observed' as const } : {}),
    },
    latencyUs: merged(drivers, ({ latencyUs }) => latencyUs),
    transitUs: merged(drivers, ({ transitUs }) => transitUs),
    publishDelayUs: distribution(decodeHistogram(server.publishDelayUs)),
    connectUs: merged(drivers, ({ connectUs }) => connectUs),
    stalenessUs: mergeStaleness(drivers.map(({ staleness }) => staleness)),
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
    slowReaders: slowReadersReport(shards),
    server: serverCost(shards),
    driver: combinedCost(drivers),
    drivers: drivers.map(driverReport),
    series: mergeSeries(drivers, windows),
    publisher: publisherReport(server),
    machine: machineLoad(shards),
    placement,
    network: networkReport(planned.network, shards.relays, shards.linkProbe),
    startedAt: shards.startedAt,
  }
  return { ...trial, notMeasured: reasonsForNull(trial) }
}

function publisherReport({ publisher, posts }: TrialShards['server']): Trial['publisher'] {
  if (posts === null) return { ...publisher, posts: null }
  const { accepted, failed, unconfirmed, roundTripUs, lastError, usage } = posts
  return {
    ...publisher,
    posts: {
      accepted,
      failed,
      unconfirmed,
      roundTripUs: distribution(decodeHistogram(roundTripUs)),
      lastError,
      cpuUs: usage.cpuUserUs + usage.cpuSystemUs,
      eventLoopUtilization: usage.eventLoopUtilization,
    },
  }
}

function mergeBytes(drivers: readonly DriverShard[]): Trial['bytes'] {
  const payload = sum(drivers, ({ bytes }) => bytes.payload)
  const received = sum(drivers, ({ bytes }) => bytes.received)
  const sent = sum(drivers, ({ bytes }) => bytes.sent)
  const deliveries = sum(drivers, ({ bytes }) => bytes.deliveries)
  const isCounted = drivers.every(({ bytes }) => bytes.headers !== null)
  const headers = isCounted ? sum(drivers, ({ bytes }) => bytes.headers ?? 0) : null
  return {
    payload,
    headers,
    framing: headers === null ? null : received + sent - payload - headers,
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

function mergeSeries(drivers: readonly DriverShard[], windows: TrialShards['windows']): SeriesPoint[] {
  const lengthUs = drivers[0]?.blockLengthUs ?? 1e6
  const totalUs = (windows.at(-1)?.endUs ?? 0) - (windows[0]?.startUs ?? 0)
  const indexes = [...new Set(drivers.flatMap(({ blocks }) => blocks.map(({ index }) => index)))].sort((a, b) => a - b)
  return indexes.map((index) => {
    const blocks = drivers.flatMap((driver) => driver.blocks.filter((block) => block.index === index))
    const { p50, p99, max, histogram } = distribution(mergeHistograms(blocks.map(({ latencyUs }) => latencyUs)))
    return {
      atMs: (index * lengthUs) / 1e3,
      // The last block ends with the window: else its deliveries a second would be too few.
      lengthMs: Math.max(0, Math.min(lengthUs, totalUs - index * lengthUs)) / 1e3,
      delivered: sum(blocks, ({ delivered }) => delivered),
      latencyUs: { p50, p99, max, histogram },
      bytesReceived: sum(blocks, ({ bytesReceived }) => bytesReceived),
    }
  })
}
