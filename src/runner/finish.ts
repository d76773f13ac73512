import { judge } from '../analysis/verdict.js'
import { mergeTrial } from '../measure/merge.js'
import type { TrialShards } from '../measure/trial-shards.js'
import type { ServerShard } from '../model/shard.js'
import type { Trial } from '../model/trial.js'

/** A trial from what its processes handed in: merged, and judged. */
export function finish(shards: TrialShards): Trial {
  const trial = mergeTrial(shards)
  const verdict = judge({ trial, server: shards.server, drivers: shards.drivers })
  return { ...trial, verdict }
}

/** What the publisher alone knows, wherever it runs: its processor time is not the server's. */
export function publishing({
  published,
  firstPosition,
  lastPosition,
  publishDelayUs,
  publisher,
}: ServerShard): Partial<ServerShard> {
  return { published, firstPosition, lastPosition, publishDelayUs, publisher }
}
