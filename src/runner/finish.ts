import { predictionOf } from '../analysis/prediction.js'
import { judge } from '../analysis/verdict.js'
import { mergeTrial } from '../measure/merge.js'
import type { TrialShards } from '../measure/trial-shards.js'
import type { PublisherShard, ServerShard } from '../model/shard.js'
import type { Trial } from '../model/trial.js'
import { loadTransport } from '../transports/registry.js'

/** A trial from what its processes handed in: merged, judged, and compared with what theory expects. `host` and `port`: where the clients sent their requests. */
export async function finish(shards: TrialShards, { host, port }: { host: string; port: number }): Promise<Trial> {
  const { planned, server, drivers } = shards
  const trial = mergeTrial(shards)
  const judged = { ...trial, verdict: judge({ trial, server, drivers }) }
  const { predict } = await loadTransport(planned.module)
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return { ...judged, predicted: predictionOf(predict, { planned, trial: judged, server, authority }) }
}

/** What the publisher alone knows, wherever it runs: its processor time is not the server's. */
export function publishing({
  published,
  firstPosition,
  lastPosition,
  publishDelayUs,
  publisher,
  posts,
}: PublisherShard): Partial<ServerShard> {
  return { published, firstPosition, lastPosition, publishDelayUs, publisher, posts }
}
