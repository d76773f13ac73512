import type { Reason } from '../model/verdict.js'
import { byLag, byLateness, type Doubt, doubtsOf, worstOf } from './driver-doubts.js'
import { LIMITS, lastErrorOf, ms, percent, type Rule, reason, round, severityOf, type TrialEvidence } from './evidence.js'

/** Whether the driver is what was measured. */
export const DRIVER_RULES: readonly Rule[] = [driverLag, driverLate, driverFrozen, driverBusy, driverExhausted, clientsUnserved]

function driverLag(evidence: TrialEvidence): Reason[] {
  const worst = worstOf(doubtsOf(evidence, byLag, LIMITS.lag))
  if (worst === undefined) return []
  const { who, basis, percentile, reportedUs, addedUs, share, severity } = worst
  const message = `${who} may have added up to ${ms(addedUs)} (${percent(share)}) to the ${basis}'s ${percentile} of ${ms(reportedUs)}`
  const { lagUs } = evidence.trial.driver
  return [reason('DRIVER_LAG', severity, message, { ...figures(worst), leastUs: reportedUs - addedUs, lagUsP99: lagUs.p99 })]
}

function driverLate(evidence: TrialEvidence): Reason[] {
  const worst = worstOf(doubtsOf(evidence, byLateness, LIMITS.late))
  if (worst === undefined) return []
  const { who, basis, percentile, reportedUs, addedUs, share, severity } = worst
  const message = `${who} was late by ${ms(addedUs)} at ${percentile}, which is ${percent(share)} of the ${basis}'s ${percentile} of ${ms(reportedUs)}`
  return [reason('DRIVER_LATE', severity, message, { ...figures(worst), heartbeatLatenessUs: addedUs })]
}

function figures({ basis, percentile, reportedUs, share }: Doubt): Reason['evidence'] {
  return { percentile, [`${basis}Us`]: reportedUs, share: round(share) }
}

function driverFrozen({ trial }: TrialEvidence): Reason[] {
  const windowUs = trial.windows.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0)
  const { frozenUs, heartbeatLatenessUs } = trial.driver
  const share = frozenUs / Math.max(1, windowUs)
  const bySize = severityOf(share, LIMITS.frozen)
  const severity = bySize === 'invalid' && frozenUs <= LIMITS.frozenFloorUs ? 'degraded' : bySize
  if (severity === null) return []
  const message = `a driver did not run for ${ms(frozenUs)} (${percent(share)}) of the window`
  return [
    reason('DRIVER_FROZEN', severity, message, {
      frozenUs,
      heartbeatLatenessUsP99: heartbeatLatenessUs.p99,
      share: round(share),
    }),
  ]
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
