import type { Reason } from '../model/verdict.js'
import { LIMITS, ms, percent, type Rule, reason, SUPPORT, severityOf } from './evidence.js'

const relayBusy: Rule = ({ trial: { network } }) => {
  const utilization = Math.max(0, ...(network?.relays ?? []).map(({ eventLoopUtilization }) => eventLoopUtilization))
  const severity = severityOf(utilization, LIMITS.relayUtilization)
  if (severity === null) return []
  return [reason('RELAY_BUSY', severity, `a relay was busy for ${percent(utilization)} of the window`, { utilization })]
}

/** At each percentile that the messages of the window support, against what is allowed there. */
const relayLate: Rule = ({ trial: { network, messages } }) => {
  if (network === null) return []
  const allowedUs = Math.max(LIMITS.relayLate.us, LIMITS.relayLate.ofDelay * (network.rttUs / 2))
  const supported = SUPPORT.filter((support) => messages.published >= support.messages)
  const doubts = supported.flatMap(({ percentile }): Reason[] => {
    const lateUs = network.latenessUs[percentile]
    const limitUs = percentile === 'p50' ? allowedUs : allowedUs * LIMITS.relayLate.tail
    const severity = lateUs === null ? null : severityOf(lateUs / limitUs, LIMITS.relayLate.times)
    if (lateUs === null || severity === null) return []
    const who = network.tier === 'relay' ? `the relay wrote ${ms(lateUs)} later` : `the kernel's link took ${ms(lateUs)} longer`
    const message = `${who} than was asked for at ${percentile}`
    const evidence = { percentile, latenessUs: lateUs, limitUs: Math.round(limitUs), rttUs: network.rttUs }
    return [reason('RELAY_LATE', severity, message, evidence)]
  })
  const worst: Reason | undefined = doubts.find(({ severity }) => severity === 'invalid') ?? doubts[0]
  return worst === undefined ? [] : [worst]
}

/** Whether the link did what was asked of it. */
export const NETWORK_RULES: readonly Rule[] = [relayBusy, relayLate]
