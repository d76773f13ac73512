import type { SlowReadersReport } from '../model/trial.js'
import { distribution, mergeHistograms } from './histogram.js'
import { mergeStaleness } from './staleness-merge.js'
import { sum } from './sums.js'
import type { TrialShards } from './trial-shards.js'

/** What became of the slow readers of a trial; `null` where it has none. */
export function slowReadersReport({ planned, server, drivers }: TrialShards): SlowReadersReport | null {
  if (planned.slowReaders === null) return null
  const { clients, bytesPerSec } = planned.slowReaders
  const shards = drivers.flatMap(({ slow }) => (slow === null ? [] : [slow]))
  return {
    clients,
    bytesPerSec,
    latencyUs: distribution(mergeHistograms(shards.map(({ latencyUs }) => latencyUs))),
    stalenessUs: mergeStaleness(shards.map(({ staleness }) => staleness)),
    delivered: sum(shards, ({ ledger }) => ledger.delivered),
    missing: sum(shards, ({ ledger }) => ledger.missing),
    superseded: sum(shards, ({ ledger }) => ledger.superseded),
    receivedBytes: sum(shards, ({ receivedBytes }) => receivedBytes),
    reconnects: sum(shards, ({ reconnects }) => reconnects),
    serverMaxBufferedBytes: server.buffers?.maxBytes ?? null,
    serverMaxBufferedBytesPerConnection: server.buffers?.maxBytesPerConnection ?? null,
    serverMaxRssBytes: server.buffers?.maxRssBytes ?? null,
    disconnected: server.disconnected?.slow ?? null,
  }
}
