import type { Severity, Verdict } from '../model/verdict.js'
import { DRIVER_RULES } from './driver-rules.js'
import type { TrialEvidence } from './evidence.js'
import { MEASUREMENT_RULES } from './measurement-rules.js'
import { NETWORK_RULES } from './network-rules.js'
import { PUBLISHER_RULES } from './publisher-rules.js'
import { SERVER_RULES } from './server-rules.js'

/** Worst first, in reasons as in what follows from them. */
const SEVERITIES: readonly Severity[] = ['invalid', 'degraded', 'finding']

/** Whether a trial's numbers may be believed, and what they say about the server. Pure. */
export function judge(evidence: TrialEvidence): Verdict {
  const rules = [...MEASUREMENT_RULES, ...DRIVER_RULES, ...NETWORK_RULES, ...PUBLISHER_RULES, ...SERVER_RULES]
  const found = rules.flatMap((rule) => rule(evidence))
  const reasons = SEVERITIES.flatMap((severity) => found.filter((reason) => reason.severity === severity))
  const has = (severity: Severity) => reasons.some((reason) => reason.severity === severity)
  return { status: has('invalid') ? 'invalid' : has('degraded') ? 'degraded' : 'valid', reasons }
}
