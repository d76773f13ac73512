import { decodeHistogram, distribution } from '../measure/histogram.js'
import type { Reason } from '../model/verdict.js'
import {
  LIMITS,
  lastErrorOf,
  ms,
  percent,
  type Rule,
  reason,
  round,
  SUPPORT,
  severityOf,
  type TrialEvidence,
} from './evidence.js'

/** Whether the driver is what was measured. */
export const DRIVER_RULES: readonly Rule[] = [driverLag, driverFrozen, driverBusy, driverExhausted, clientsUnserved]

/**
 * Each delivery's transit lies between what was reported and that less its lag. So do the percentiles, and where the two are far apart the reported one
 * may be the driver's rather than the server's. Each driver is looked at by itself too: the sum of several would hide a bad one.
 */
function driverLag({ trial, drivers }: TrialEvidence): Reason[] {
  const basis = trial.transitUs.count > 0 ? 'transit' : 'latency'
  const whole = { who: 'the driver', reported: trial[`${basis}Us`], least: trial.driver.transitLessLagUs }
  const each = drivers.map((shard) => ({
    who: `driver ${shard.driver}`,
    reported: distribution(decodeHistogram((basis === 'transit' ? shard.transitUs : null) ?? shard.latencyUs)),
    least: distribution(decodeHistogram(shard.transitLessLagUs)),
  }))
  const supported = SUPPORT.filter(({ messages }) => trial.messages.published >= messages)
  const doubts = (drivers.length > 1 ? [whole, ...each] : [whole]).flatMap(({ who, reported, least }) =>
    supported.flatMap(({ percentile }) => {
      const reportedUs = reported[percentile]
      const leastUs = least[percentile]
      if (reportedUs === null || leastUs === null || reportedUs - leastUs <= LIMITS.lagFloorUs) return []
      const share = (reportedUs - leastUs) / reportedUs
      // After a stall transit is short and latency long: what is much of the one may be nothing of the other, and then only transit is in doubt.
      const ofLatency = (reportedUs - leastUs) / Math.max(1, trial.latencyUs[percentile] ?? 0)
      const bySize = severityOf(share, LIMITS.lag)
      const severity = bySize === 'invalid' && ofLatency <= LIMITS.lag.degraded ? 'degraded' : bySize
      return severity === null ? [] : [{ who, percentile, reportedUs, leastUs, share, severity }]
    }),
  )
  const worst = doubts.find(({ severity }) => severity === 'invalid') ?? doubts[0]
  if (worst === undefined) return []
  const { who, percentile, reportedUs, leastUs, share, severity } = worst
  const message = `${who} may have added up to ${ms(reportedUs - leastUs)} (${percent(share)}) to the ${basis}'s ${percentile} of ${ms(reportedUs)}`
  const evidence = { percentile, [`${basis}Us`]: reportedUs, leastUs, lagUsP99: trial.driver.lagUs.p99, share: round(share) }
  return [reason('DRIVER_LAG', severity, message, evidence)]
}

function driverFrozen({ trial }: TrialEvidence): Reason[] {
  const windowUs = trial.windows.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0)
  const { frozenUs, heartbeatLatenessUsP99 } = trial.driver
  const share = frozenUs / Math.max(1, windowUs)
  const bySize = severityOf(share, LIMITS.frozen)
  const severity = bySize === 'invalid' && frozenUs <= LIMITS.frozenFloorUs ? 'degraded' : bySize
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
  const lastError = lastErrorOf(drivers)
  const why = lastError === null ? ': the server has not answered them' : ''
  return [
    reason('CLIENTS_UNSERVED', 'degraded', `${unserved} of ${clients} clients were not subscribed when the window began${why}`, {
      unserved,
      clients,
      lastError,
    }),
  ]
}
