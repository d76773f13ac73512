import { loadKey } from '../analysis/cells.js'
import { metricInfo } from '../analysis/metric-table.js'
import { greatest, least } from '../analysis/spread.js'
import { parseThreshold } from '../analysis/threshold-syntax.js'
import type { ThresholdOutcome } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import type { Reason, Severity } from '../model/verdict.js'
import { COLUMNS } from './columns.js'
import type { NoWinner, RowView } from './comparison.js'
import { shortLoad } from './load.js'
import { formatCount, formatDuration, formatPercent, formatRatio, formatSize } from './quantity.js'

/** What stands under a table, in words and not yet escaped: what it says came from a file in part. */

export interface ReasonNote {
  code: string
  severity: Severity
  /** `round 2`, `rounds 1 and 3`, `all 3 rounds`; empty where there was one round. */
  rounds: string
  message: string
  /** `lag p99 3.90 ms, transit p99 9.50 ms`, with the range over the rounds. */
  evidence: string
}

/** The reasons of a row's verdicts, one note a code. */
export function reasonNotes({ trials }: RowView): ReasonNote[] {
  const byCode = new Map<string, { round: number; reason: Reason }[]>()
  for (const { round, verdict } of trials) {
    for (const reason of verdict.reasons) byCode.set(reason.code, [...(byCode.get(reason.code) ?? []), { round, reason }])
  }
  return [...byCode].map(([code, met]) => ({
    code,
    severity: worstSeverity(met.map(({ reason }) => reason.severity)),
    rounds: describeRounds([...new Set(met.map(({ round }) => round))], trials),
    message: met[0]?.reason.message ?? '',
    evidence: describeEvidence(met.map(({ reason }) => reason)),
  }))
}

/** `No winner for latency max: the spread of sse and websocket overlaps`. */
export function noWinnerNotes(noWinner: readonly NoWinner[]): string[] {
  return noWinner.map(({ why, metrics }) => {
    const names = COLUMNS.filter(({ metric }) => metrics?.includes(metric)).map(({ name }) => name)
    return metrics === null ? `No winner in any column: ${why}` : `No winner for ${names.join(', ')}: ${why}`
  })
}

export interface ThresholdNote {
  threshold: string
  status: ThresholdOutcome['status']
  /** What decided: the value where there is one check, the checks that did not pass, or how many did. */
  details: string[]
}

export function thresholdNote({ threshold, status, checks }: ThresholdOutcome): ThresholdNote {
  const format = thresholdFormat(threshold)
  const isOneLoad = new Set(checks.map(({ load }) => loadKey(load))).size < 2
  const [only] = checks
  if (checks.length === 0) return { threshold, status, details: ['selects nothing'] }
  if (checks.length === 1 && only !== undefined && only.value !== null)
    return { threshold, status, details: [format(only.value)] }
  const open = checks.filter((check) => check.status !== 'pass')
  if (open.length === 0) return { threshold, status, details: [`${checks.length} of ${checks.length} hold`] }
  const details = open.map(({ label, load, value }) => {
    const where = isOneLoad ? label : `${label} at ${shortLoad(load)}`
    return `${where}: ${value === null ? 'lacks a valid measurement' : format(value)}`
  })
  return { threshold, status, details }
}

/** How a value that a threshold is about is printed. */
export function thresholdFormat(threshold: string): (value: number | null) => string {
  try {
    const kind = metricInfo(parseThreshold(threshold).metric)?.kind
    if (kind === 'duration') return formatDuration
    if (kind === 'size') return formatSize
    return kind === 'count' ? formatCount : formatRatio
  } catch {
    return formatRatio
  }
}

function worstSeverity(severities: Severity[]): Severity {
  return (['invalid', 'degraded'] as const).find((severity) => severities.includes(severity)) ?? 'finding'
}

function describeRounds(rounds: number[], trials: readonly Trial[]): string {
  if (trials.length < 2) return ''
  if (rounds.length === trials.length) return `all ${rounds.length} rounds`
  if (rounds.length === 1) return `round ${rounds[0]}`
  return `rounds ${rounds.slice(0, -1).join(', ')} and ${rounds.at(-1)}`
}

function describeEvidence(reasons: readonly Reason[]): string {
  const keys = [...new Set(reasons.flatMap(({ evidence }) => Object.keys(evidence)))]
  return keys
    .map((key) => {
      const values = reasons.map(({ evidence }) => (Object.hasOwn(evidence, key) ? (evidence[key] ?? null) : null))
      const numbers = values.filter((value) => typeof value === 'number')
      const format = formatByName(key)
      const ends = numbers.length === 0 ? values.map(String) : [format(least(numbers)), format(greatest(numbers))]
      return `${words(key)} ${[...new Set(ends)].join(' to ')}`
    })
    .join(', ')
}

/** Units are part of a figure's name, so the name says how to print it. */
function formatByName(key: string): (value: number) => string {
  if (/Us(?![a-z])/.test(key)) return formatDuration
  if (/bytes(?![a-z])/i.test(key)) return formatSize
  if (/(share|ratio|utilization)(?![a-z])/i.test(key)) return formatPercent
  return (value) => (Number.isInteger(value) ? formatCount(value) : formatRatio(value))
}

/** `lagUsP99` as `lag p99`: the unit stands beside the figure. */
function words(key: string): string {
  return key
    .replace(/Us(?![a-z])/, '')
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=[a-z])(?=\d)(?<!p)/g, ' ')
    .toLowerCase()
}
