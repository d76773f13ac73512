import type { NetworkTier, PlannedNetwork } from '../model/network.js'
import type { LinkProbeShard, RelayShard } from '../model/shard.js'
import type { NetworkReport } from '../model/trial.js'
import { distribution, mergeHistograms } from './histogram.js'

/** What links of a tier cannot show, as reports say it. */
const CANNOT_SHOW: Record<NetworkTier, string[]> = {
  relay: [
    'loss of packets and what TCP does about it: each side has a perfect TCP connection of its own to the relay',
    'congestion control and slow start over the distance: only the bytes are delayed, not the acknowledgements',
    'the distance of the TCP handshake: a connection is there at once, and what is sent over it is late',
  ],
  netem: [
    'loss in bursts, and of what overflows a queue: each packet is lost by itself, at random',
    'a limited bandwidth, and links of each client: all share one that carries whatever comes',
  ],
}

/**
 * What the link of a trial achieved; `null` where there is none. Of relays it is over all of them; of the kernel's it is what its probe met, and one for both directions, since both pass
 * the same queue.
 */
export function networkReport(
  planned: PlannedNetwork | null,
  relays: readonly RelayShard[],
  probe: LinkProbeShard | null,
): NetworkReport | null {
  if (planned === null) return null
  const merged = (encoded: (shard: RelayShard) => string, probed?: string) =>
    distribution(mergeHistograms(probed === undefined ? relays.map(encoded) : [probed]))
  return {
    ...planned,
    toServer: { delayUs: merged(({ toServerUs }) => toServerUs, probe?.delayUs) },
    toClient: { delayUs: merged(({ toClientUs }) => toClientUs, probe?.delayUs) },
    latenessUs: merged(({ latenessUs }) => latenessUs, probe?.latenessUs),
    loss: probe?.loss ?? null,
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
