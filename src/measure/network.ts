import type { NetworkTier, PlannedNetwork } from '../model/network.js'
import type { RelayShard } from '../model/shard.js'
import type { NetworkReport } from '../model/trial.js'
import { distribution, mergeHistograms } from './histogram.js'

/** What links of a tier cannot show, as reports say it. */
const CANNOT_SHOW: Record<NetworkTier, string[]> = {
  relay: [
    'loss of packets and what TCP does about it: each side has a perfect TCP connection of its own to the relay',
    'congestion control and slow start over the distance: only the bytes are delayed, not the acknowledgements',
    'the distance of the TCP handshake: a connection is there at once, and what is sent over it is late',
  ],
  netem: [],
}

/** What all relays of a trial achieved together; `null` where there is no link. */
export function networkReport(planned: PlannedNetwork | null, relays: readonly RelayShard[]): NetworkReport | null {
  if (planned === null) return null
  const merged = (encoded: (shard: RelayShard) => string) => distribution(mergeHistograms(relays.map(encoded)))
  return {
    ...planned,
    toServer: { delayUs: merged(({ toServerUs }) => toServerUs) },
    toClient: { delayUs: merged(({ toClientUs }) => toClientUs) },
    latenessUs: merged(({ latenessUs }) => latenessUs),
    relays: relays.map(({ relay, connections, usage, maxBufferedBytes }) => ({
      relay,
      connections,
      cpuUs: usage.cpuUserUs + usage.cpuSystemUs,
      eventLoopUtilization: usage.eventLoopUtilization,
      maxBufferedBytes,
    })),
    cannotShow: [...CANNOT_SHOW[planned.tier]],
  }
}
