import type { Reason } from '../model/verdict.js'
import { LIMITS, lastErrorOf, ms, percent, type Rule, reason, SUPPORT, type TrialEvidence } from './evidence.js'

/** What the figures say about the server: findings, which leave a trial valid. */
export const SERVER_RULES: readonly Rule[] = [
  serverSaturated,
  publisherLate,
  unpublished,
  drainEnded,
  evicted,
  clientsCutOff,
  connectionsLost,
  requestsFailed,
  pollsSkipped,
]

function serverSaturated({ trial }: TrialEvidence): Reason[] {
  const utilization = trial.server.eventLoopUtilization ?? 0
  if (utilization <= LIMITS.serverUtilization) return []
  return [reason('SERVER_SATURATED', 'finding', `the server was busy for ${percent(utilization)} of the window`, { utilization })]
}

function publisherLate({ trial }: TrialEvidence): Reason[] {
  const percentile = SUPPORT.findLast(({ messages }) => trial.messages.published >= messages)?.percentile
  const lateUs = percentile === undefined ? null : trial.publishDelayUs[percentile]
  const limitUs = Math.max(LIMITS.publishDelay.us, (LIMITS.publishDelay.ofInterval * 1e6) / trial.load.ratePerSec)
  if (percentile === undefined || lateUs === null || lateUs <= limitUs) return []
  const message = `messages were published ${ms(lateUs)} late at ${percentile}; latency has that in it, transit has not`
  const evidence = {
    percentile,
    publishDelayUs: lateUs,
    publishDelayUsMax: trial.publishDelayUs.max,
    limitUs: Math.round(limitUs),
  }
  return [reason('PUBLISHER_LATE', 'finding', message, evidence)]
}

/** What the server refused is told as that. */
function unpublished({ trial: { messages, publisher } }: TrialEvidence): Reason[] {
  const { scheduled, published, basis } = messages
  const unsent = scheduled - published - (publisher.posts?.failed ?? 0) - (publisher.posts?.unconfirmed ?? 0)
  if (unsent <= 0 || basis === 'observed') return []
  return [
    reason('UNPUBLISHED', 'finding', `${unsent} of ${scheduled} messages were not published before the drain ended`, {
      scheduled,
      published,
    }),
  ]
}

/** The last messages of a client, rather than some between others, were perhaps on their way. What never was published, and what nobody got, has a reason of its own. */
function drainEnded({ trial, drivers }: TrialEvidence): Reason[] {
  const { scheduled, published, delivered } = trial.messages
  const clients = drivers.reduce((sum, { unfinished }) => sum + unfinished.clients, 0)
  const atTheEnd = drivers.reduce((sum, { unfinished }) => sum + unfinished.deliveries, 0)
  const deliveries = atTheEnd - Math.max(0, scheduled - published) * clients
  if (deliveries <= 0 || delivered === 0) return []
  const message = `the last messages, ${deliveries} deliveries in all, had not come to ${clients} clients when the drain ended: a longer drain tells whether they are lost`
  const evidence = { deliveries, clients, publishDelayUsMax: trial.publishDelayUs.max, pollsSkipped: trial.requests.skipped }
  return [reason('DRAIN_ENDED', 'finding', message, evidence)]
}

function evicted({ trial: { server } }: TrialEvidence): Reason[] {
  if (server.evicted === null || server.evicted === 0) return []
  return [
    reason('EVICTED', 'finding', `${server.evicted} messages had left the log before a client asked for them`, {
      evicted: server.evicted,
    }),
  ]
}

function clientsCutOff({ trial }: TrialEvidence): Reason[] {
  const { slow, refused } = trial.server.disconnected ?? { slow: 0, refused: 0 }
  if (slow === 0 && refused === 0) return []
  const message = `the server disconnected ${slow} clients that read nothing, and refused ${refused} connections`
  return [reason('CLIENTS_CUT_OFF', 'finding', message, { slow, refused })]
}

function connectionsLost({ trial, drivers }: TrialEvidence): Reason[] {
  const lost = drivers.reduce((sum, { connections }) => sum + connections.lost, 0)
  const { reconnects } = trial.connections
  if (lost === 0 && reconnects === 0) return []
  const message =
    lost > 0
      ? `${lost} connections were lost, ${reconnects} opened again`
      : `the server ended connections before they were subscribed; ${reconnects} were opened again`
  return [reason('CONNECTIONS_LOST', 'finding', message, { lost, reconnects, lastError: lastErrorOf(drivers) })]
}

function requestsFailed({ trial: { requests }, drivers }: TrialEvidence): Reason[] {
  const foreign = drivers.reduce((sum, { connections }) => sum + connections.foreign, 0)
  if (requests.failed === 0 && foreign === 0) return []
  const message = `${requests.failed} requests failed, ${foreign} messages were not of this feed`
  return [reason('REQUESTS_FAILED', 'finding', message, { failed: requests.failed, foreign, lastError: lastErrorOf(drivers) })]
}

function pollsSkipped({ trial: { requests } }: TrialEvidence): Reason[] {
  if (requests.skipped === 0) return []
  const { skipped, total } = requests
  return [
    reason('POLLS_SKIPPED', 'finding', `${skipped} polls were skipped because the one before was still open`, {
      skipped,
      sent: total,
    }),
  ]
}
