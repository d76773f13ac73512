import type { PlannedTrial } from '../model/plan.js'
import type { PredictionConditions } from '../model/prediction.js'
import type { ServerShard } from '../model/shard.js'
import type { Trial } from '../model/trial.js'

/** What a prediction is made from: the plan, what the trial met, and where the clients sent their requests. */
export interface PredictionEvidence {
  planned: PlannedTrial
  trial: Omit<Trial, 'predicted'>
  server: Pick<ServerShard, 'firstPosition' | 'lastPosition'>
  /** `127.0.0.1:40123`, as in the clients' `Host` header. */
  authority: string
}

/** The link of a trial, as far as predictions need it. */
interface Link {
  rttUs: number
  jitterUs: number
  bandwidthBytesPerSec: number | null
  lossShare: number
  events: readonly { kind: string; lengthUs: number | null; share: number }[]
  toServer: { delayUs: { mean: number | null } }
  toClient: { delayUs: { mean: number | null } }
}

/** The conditions of a trial, or why no model covers them. */
export function conditionsOf(evidence: PredictionEvidence): PredictionConditions | string {
  const { planned, trial, server, authority } = evidence
  const { feed, requestHeaders } = planned
  const link: Link | null = trial.network
  const obstacle = obstacleOf(evidence, link)
  if (obstacle !== null) return obstacle
  const windowUs = trial.windows.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0)
  return {
    options: planned.options,
    feed: {
      arrival: feed.arrival as 'poisson' | 'periodic',
      ratePerSec: feed.arrival === 'poisson' ? (trial.messages.scheduled * 1e6) / windowUs : feed.ratePerSec,
      payloadBytes: feed.payloadBytes as number,
      firstSeq: server.firstPosition as number,
      lastSeq: server.lastPosition as number,
    },
    clients: trial.load.clients,
    windowUs,
    link: link === null ? null : delaysOf(link),
    stallUs: link?.events[0]?.lengthUs ?? null,
    request: { authority, headers: requestHeaders.headers },
  }
}

function obstacleOf({ planned, trial, server }: PredictionEvidence, link: Link | null): string | null {
  const { arrival, payloadBytes } = planned.feed
  const { messages, connections, verdict } = trial
  if (arrival === 'burst' || arrival === 'trace' || payloadBytes === null)
    return `a ${arrival} feed: models are for Poisson and periodic ones`
  if (messages.scheduled === 0 || server.firstPosition === null || server.lastPosition === null)
    return 'no message was published in the window'
  if (verdict.reasons.some(({ code }) => code === 'SERVER_SATURATED'))
    return 'a server that is itself the limit (SERVER_SATURATED)'
  if (connections.failed > 0 || connections.reconnects > 0 || messages.missing > 0)
    return 'connections that failed, or messages that are missing'
  if (trial.slowReaders !== null) return 'slow readers'
  return link === null ? null : linkObstacle(link, trial.windows.length)
}

function linkObstacle({ jitterUs, bandwidthBytesPerSec, lossShare, events }: Link, windows: number): string | null {
  if (jitterUs > 0) return 'a link with jitter'
  if (bandwidthBytesPerSec !== null) return 'a link with a bandwidth'
  if (lossShare > 0) return 'a link that loses packets'
  const [event] = events
  if (event === undefined) return null
  const isOneStall = events.length === 1 && event.kind === 'stall' && event.lengthUs !== null && event.share === 1
  return isOneStall && windows === 1 ? null : 'a link with events other than one stall of all connections'
}

/** What a stall held up is part of the delay that was achieved, so that the planned one says more about the rest. */
function delaysOf({ rttUs, events, toServer, toClient }: Link): PredictionConditions['link'] {
  const planned = { toServerUs: rttUs / 2, toClientUs: rttUs / 2 }
  if (events.length > 0) return planned
  return {
    toServerUs: toServer.delayUs.mean ?? planned.toServerUs,
    toClientUs: toClient.delayUs.mean ?? planned.toClientUs,
  }
}
