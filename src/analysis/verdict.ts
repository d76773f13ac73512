import type { DriverShard, ServerShard } from '../model/shard.js'
import type { Trial } from '../model/trial.js'
import type { Reason, ReasonCode, Severity, Verdict } from '../model/verdict.js'

/** What a verdict is given on: the merged trial, and what its processes said. */
export interface TrialEvidence {
  trial: Omit<Trial, 'verdict'>
  server: ServerShard
  drivers: readonly DriverShard[]
}

/** Starting values, to be fitted against packet times. docs/verdicts.md says what each stands for. */
export const LIMITS = {
  /** What the driver may have added to a percentile of the transit, as a share of it. */
  lag: { degraded: 0.1, invalid: 0.3 },
  /** Less than this is never held against a trial: timers and the scheduler add as much by themselves. */
  lagFloorUs: 600,
  /** Share of the windows in which a driver did not run. */
  frozen: { degraded: 0.02, invalid: 0.05 },
  driverUtilization: { degraded: 0.85, invalid: 0.97 },
  serverUtilization: 0.95,
  /** Publishing is late beyond this, or beyond so much of the mean interval. */
  publishDelay: { us: 2e3, ofInterval: 0.1 },
  negatives: { invalid: 0.001 },
  cpuOthers: 0.25,
  steal: 0.02,
  wallClockDriftUs: 5e3,
} as const

/**
 * Percentiles that are looked at, and how many messages the window must have had for each to mean anything: deliveries of one message are nearly
 * one observation, and a percentile needs 6, 36 and 368 of these (order statistics at 95 %).
 * With fewer, a single hiccup of the machine would be the p99, and the verdict a verdict on that.
 */
const SUPPORT = [
  { percentile: 'p50', messages: 6 },
  { percentile: 'p90', messages: 36 },
  { percentile: 'p99', messages: 368 },
] as const

/** Whether a trial's numbers may be believed, and what they say about the server. Pure. */
export function judge(evidence: TrialEvidence): Verdict {
  const reasons = RULES.flatMap((rule) => rule(evidence))
  const has = (severity: Severity) => reasons.some((reason) => reason.severity === severity)
  return { status: has('invalid') ? 'invalid' : has('degraded') ? 'degraded' : 'valid', reasons }
}

type Rule = (evidence: TrialEvidence) => Reason[]

const RULES: readonly Rule[] = [
  noData,
  ledgerAddsUp,
  ledgerOverflow,
  negativeLatency,
  clockStep,
  driverLag,
  driverFrozen,
  driverBusy,
  driverExhausted,
  clientsUnserved,
  cpuOfOthers,
  serverSaturated,
  publisherLate,
  unpublished,
  evicted,
  connectionsLost,
  requestsFailed,
  pollsSkipped,
]

function noData({ trial: { messages } }: TrialEvidence): Reason[] {
  const { scheduled, delivered } = messages
  if (scheduled === 0) return [reason('NO_DATA', 'invalid', 'no message was due in the window', { scheduled })]
  if (delivered === 0) return [reason('NO_DATA', 'invalid', 'nothing was delivered', { scheduled, delivered })]
  return []
}

/**
 * `scheduled` comes from the plan, `published` from the server, the rest from the clients' cursors in the drivers. Each equation below holds
 * whatever was lost or late; where one does not, a counter is wrong and no number of the trial can be trusted.
 */
function ledgerAddsUp({ trial, server }: TrialEvidence): Reason[] {
  const { scheduled, published, expected, delivered, missing, superseded } = trial.messages
  const { clients } = trial.load
  const broken: string[] = []
  if (delivered + missing + superseded !== expected)
    broken.push(`delivered + missing + superseded is ${delivered + missing + superseded}, expected is ${expected}`)
  if (published > scheduled) broken.push(`${published} published, but only ${scheduled} scheduled`)
  if (delivered > published * clients)
    broken.push(`${delivered} delivered, but only ${published} published to ${clients} clients`)
  if (published < scheduled && missing < (scheduled - published) * clients) {
    broken.push(`${scheduled - published} of the messages were not published, but only ${missing} deliveries are missing`)
  }
  const span = server.firstPosition === null || server.lastPosition === null ? 0 : server.lastPosition - server.firstPosition + 1
  if (span !== published) broken.push(`${published} published, but their numbers span ${span}`)
  const recorded = trial.latencyUs.count + trial.driver.negatives
  if (recorded !== delivered) broken.push(`${recorded} latencies, but ${delivered} deliveries`)
  if (broken.length === 0) return []
  return [
    reason('LEDGER_MISMATCH', 'invalid', broken.join('; '), {
      scheduled,
      published,
      expected,
      delivered,
      missing,
      superseded,
      clients,
    }),
  ]
}

function ledgerOverflow({ drivers }: TrialEvidence): Reason[] {
  const overflowed = drivers.reduce((sum, { ledger }) => sum + ledger.overflowed, 0)
  if (overflowed === 0) return []
  return [reason('LEDGER_OVERFLOW', 'invalid', `${overflowed} gaps were given up before they could be filled`, { overflowed })]
}

function negativeLatency({ trial }: TrialEvidence): Reason[] {
  const { negatives } = trial.driver
  const { delivered } = trial.messages
  if (negatives === 0) return []
  const severity = negatives > delivered * LIMITS.negatives.invalid ? 'invalid' : 'degraded'
  return [
    reason('NEGATIVE_LATENCY', severity, `${negatives} of ${delivered} deliveries arrived before they were due or published`, {
      negatives,
      delivered,
    }),
  ]
}

function clockStep({ trial: { machine } }: TrialEvidence): Reason[] {
  const { wallClockDriftUs } = machine
  if (wallClockDriftUs === null || Math.abs(wallClockDriftUs) <= LIMITS.wallClockDriftUs) return []
  return [
    reason('CLOCK_STEP', 'degraded', `the wall clock moved by ${ms(wallClockDriftUs)} against the monotonic clock`, {
      wallClockDriftUs,
      limitUs: LIMITS.wallClockDriftUs,
    }),
  ]
}

/**
 * Each delivery's transit lies between what was reported and that less its lag. So do the percentiles, and where the two are far apart the reported one
 * may be the driver's rather than the server's.
 */
function driverLag({ trial }: TrialEvidence): Reason[] {
  const basis = trial.transitUs.count > 0 ? 'transit' : 'latency'
  const reported = basis === 'transit' ? trial.transitUs : trial.latencyUs
  const least = trial.driver.transitLessLagUs
  const supported = SUPPORT.filter(({ messages }) => trial.messages.published >= messages)
  const doubts = supported.flatMap(({ percentile }) => {
    const reportedUs = reported[percentile]
    const leastUs = least[percentile]
    if (reportedUs === null || leastUs === null || reportedUs - leastUs <= LIMITS.lagFloorUs) return []
    const share = (reportedUs - leastUs) / reportedUs
    const severity = severityOf(share, LIMITS.lag)
    return severity === null ? [] : [{ percentile, reportedUs, leastUs, share, severity }]
  })
  const worst = doubts.find(({ severity }) => severity === 'invalid') ?? doubts[0]
  if (worst === undefined) return []
  const { percentile, reportedUs, leastUs, share, severity } = worst
  const message = `the driver may have added up to ${ms(reportedUs - leastUs)} (${percent(share)}) to the ${basis}'s ${percentile} of ${ms(reportedUs)}`
  const evidence = { percentile, [`${basis}Us`]: reportedUs, leastUs, lagUsP99: trial.driver.lagUs.p99, share: round(share) }
  return [reason('DRIVER_LAG', severity, message, evidence)]
}

function driverFrozen({ trial }: TrialEvidence): Reason[] {
  const windowUs = trial.windows.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0)
  const { frozenUs, heartbeatLatenessUsP99 } = trial.driver
  const share = frozenUs / Math.max(1, windowUs)
  const severity = severityOf(share, LIMITS.frozen)
  if (severity === null) return []
  const message = `a driver did not run for ${ms(frozenUs)} (${percent(share)}) of the window`
  return [reason('DRIVER_FROZEN', severity, message, { frozenUs, heartbeatLatenessUsP99, share: round(share) })]
}

function driverBusy({ trial }: TrialEvidence): Reason[] {
  const utilization = trial.driver.eventLoopUtilization ?? 0
  const severity = severityOf(utilization, LIMITS.driverUtilization)
  if (severity === null) return []
  return [reason('DRIVER_BUSY', severity, `a driver was busy for ${percent(utilization)} of the window`, { utilization })]
}

function driverExhausted({ trial, drivers }: TrialEvidence): Reason[] {
  const { exhausted } = trial.driver
  if (exhausted === 0) return []
  const lastError = lastErrorOf(drivers)
  return [
    reason('DRIVER_EXHAUSTED', 'invalid', `${exhausted} connections could not be opened for want of descriptors or ports`, {
      exhausted,
      lastError,
    }),
  ]
}

function clientsUnserved({ trial, drivers }: TrialEvidence): Reason[] {
  const unserved = drivers.reduce((sum, { connections }) => sum + connections.unsubscribedAtStart, 0)
  if (unserved === 0) return []
  const { clients } = trial.load
  return [
    reason('CLIENTS_UNSERVED', 'degraded', `${unserved} of ${clients} clients were not subscribed when the window began`, {
      unserved,
      clients,
      lastError: lastErrorOf(drivers),
    }),
  ]
}

function cpuOfOthers({ trial: { machine } }: TrialEvidence): Reason[] {
  const { cpuOthersShare, stealShare } = machine
  const reasons: Reason[] = []
  if ((cpuOthersShare ?? 0) > LIMITS.cpuOthers) {
    const message = `other programs used ${percent(cpuOthersShare ?? 0)} of the machine`
    reasons.push(reason('CPU_OTHERS', 'degraded', message, { cpuOthersShare, limit: LIMITS.cpuOthers }))
  }
  if ((stealShare ?? 0) > LIMITS.steal) {
    const message = `the hypervisor took ${percent(stealShare ?? 0)} of the machine`
    reasons.push(reason('CPU_STEAL', 'degraded', message, { stealShare, limit: LIMITS.steal }))
  }
  return reasons
}

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

function unpublished({ trial: { messages } }: TrialEvidence): Reason[] {
  const { scheduled, published } = messages
  if (published >= scheduled) return []
  return [
    reason(
      'UNPUBLISHED',
      'finding',
      `${scheduled - published} of ${scheduled} messages were not published before the drain ended`,
      { scheduled, published },
    ),
  ]
}

function evicted({ trial: { server } }: TrialEvidence): Reason[] {
  if (server.evicted === 0) return []
  return [
    reason('EVICTED', 'finding', `${server.evicted} messages had left the log before a client asked for them`, {
      evicted: server.evicted,
    }),
  ]
}

function connectionsLost({ trial, drivers }: TrialEvidence): Reason[] {
  const lost = drivers.reduce((sum, { connections }) => sum + connections.lost, 0)
  const { reconnects } = trial.connections
  if (lost === 0 && reconnects === 0) return []
  const message = `${lost} connections were lost, ${reconnects} opened again`
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

function reason(code: ReasonCode, severity: Severity, message: string, evidence: Reason['evidence']): Reason {
  return { code, severity, message, evidence }
}

function severityOf(share: number, limits: { degraded: number; invalid: number }): Severity | null {
  return share > limits.invalid ? 'invalid' : share > limits.degraded ? 'degraded' : null
}

function lastErrorOf(drivers: readonly DriverShard[]): string | null {
  return drivers.find(({ connections }) => connections.lastError !== null)?.connections.lastError ?? null
}

function ms(us: number): string {
  return `${Number((us / 1e3).toPrecision(3))} ms`
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}

function round(share: number): number {
  return Math.round(share * 1e3) / 1e3
}
