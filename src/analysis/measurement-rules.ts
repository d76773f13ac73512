import type { Reason } from '../model/verdict.js'
import { LIMITS, ms, percent, type Rule, reason, type TrialEvidence } from './evidence.js'

/** Whether the figures fit together, and the machine left them alone. */
export const MEASUREMENT_RULES: readonly Rule[] = [noData, ledgerAddsUp, ledgerOverflow, negativeLatency, clockStep, cpuOfOthers]

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
  // Sent and not answered: it may have been published or not.
  const { failed = 0, unconfirmed = 0 } = trial.publisher.posts ?? {}
  const broken: string[] = []
  if (delivered + missing + superseded !== expected)
    broken.push(`delivered + missing + superseded is ${delivered + missing + superseded}, expected is ${expected}`)
  if (published > scheduled) broken.push(`${published} published, but only ${scheduled} scheduled`)
  if (delivered > (published + unconfirmed) * clients)
    broken.push(`${delivered} delivered, but only ${published} published to ${clients} clients`)
  const observes = trial.messages.basis === 'observed'
  const unpublished = scheduled - published - unconfirmed
  if (unpublished > 0 && missing < unpublished * clients) {
    broken.push(`${unpublished} of the messages were not published, but only ${missing} deliveries are missing`)
  }
  const span = server.firstPosition === null || server.lastPosition === null ? 0 : server.lastPosition - server.firstPosition + 1
  // Between several windows lie messages that belong to none.
  const sent = published + failed + unconfirmed
  if (!observes && trial.windows.length === 1 && span !== sent) broken.push(`${sent} published, but their numbers span ${span}`)
  const recorded = trial.latencyUs.count + (trial.slowReaders?.latencyUs.count ?? 0) + trial.driver.negatives
  // Messages without a time have no latency either.
  const isTimed = !observes || recorded > 0
  if (isTimed && recorded !== delivered) broken.push(`${recorded} latencies, but ${delivered} deliveries`)
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
  return [
    reason('LEDGER_OVERFLOW', 'invalid', `${overflowed} messages came too late to tell whether they had been missing`, {
      overflowed,
    }),
  ]
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
