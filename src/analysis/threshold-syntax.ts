import { closest } from 'fastest-levenshtein'
import { parseDurationUs, parseSizeBytes } from '../model/units.js'
import { METRIC_PATHS, type MetricKind, metricInfo } from './metric-table.js'

const THRESHOLD_OPERATORS = ['<=', '>=', '==', '!=', '<', '>'] as const

export type ThresholdOperator = (typeof THRESHOLD_OPERATORS)[number]

/** An absolute limit on one figure of the trials that it selects. */
export interface Threshold {
  /** A label, a transport's name, or `*` for all. */
  selector: string
  /** Path of a figure of a `Trial`, any percentile included: `latencyUs.p99`. */
  metric: string
  op: ThresholdOperator
  /** In base units: microseconds, bytes, or a plain number. */
  value: number
}

/** The value is the last thing and holds no operator, so a label may have `=` in it: `polling(interval=1.5s)`. */
const THRESHOLD = /^(.*?)(<=|>=|==|!=|<|>)([^<>=!]*)$/s
/** A selector of many options, a metric and a value; every dot is looked at as the one between selector and metric. */
export const LONGEST_THRESHOLD = 500
const LONGEST_QUOTE = 60
const EXAMPLE = 'such as websocket.latencyUs.p99 < 100ms'

const UNITS: Record<MetricKind, { expected: string; parse: (text: string) => number | undefined }> = {
  duration: { expected: 'a duration with its unit, such as 100ms or 50us', parse: (text) => whole(text, parseDurationUs) },
  size: { expected: 'a size with its unit, such as 300B or 2KiB', parse: (text) => whole(text, parseSizeBytes) },
  count: { expected: 'a plain number', parse: plainNumber },
  ratio: { expected: 'a plain number, such as 1.5', parse: plainNumber },
}

/**
 * Reads `<selector>.<metric> <op> <value>`, for example `*.bytes.perMessage < 300B`.
 * Throws an Error that says what was expected and what came; where it stood and its code are the caller's to add.
 */
export function parseThreshold(text: string): Threshold {
  if (text.length > LONGEST_THRESHOLD)
    throw new Error(`expected a threshold of at most ${LONGEST_THRESHOLD} characters, got ${text.length}`)
  const match = THRESHOLD.exec(text)
  const [, subject, op, valueText] = match ?? []
  if (subject === undefined || op === undefined || valueText === undefined) {
    throw new Error(
      `expected <selector>.<metric>, one of ${THRESHOLD_OPERATORS.join(' ')} and a value, ${EXAMPLE}, got ${quote(text)}`,
    )
  }
  const { selector, metric, kind } = parseSubject(subject.trim())
  const unit = UNITS[kind]
  const value = unit.parse(valueText.trim())
  if (value === undefined) throw new Error(`expected ${unit.expected} to compare ${metric} with, got ${quote(valueText.trim())}`)
  return { selector, metric, op: op as ThresholdOperator, value }
}

/** Labels may have dots in them (`polling(interval=1.5s)`), metrics are a closed list: so the first split that leaves a metric is it. */
function parseSubject(subject: string): { selector: string; metric: string; kind: MetricKind } {
  for (let dot = subject.indexOf('.'); dot !== -1; dot = subject.indexOf('.', dot + 1)) {
    const selector = subject.slice(0, dot).trim()
    const metric = subject.slice(dot + 1)
    const info = metricInfo(metric)
    if (info !== undefined && selector !== '') return { selector, metric, kind: info.kind }
  }
  throw new Error(describeUnknown(subject))
}

function describeUnknown(subject: string): string {
  const missingSelector = metricInfo(subject.replace(/^\./, ''))
  if (missingSelector !== undefined)
    return `expected a label, a transport or * before the metric, such as *.${subject.replace(/^\./, '')}`
  const guess = /^(?:\*|[^.(]+(?:\(.*\))?)\.(.+)$/s.exec(subject)?.[1]
  if (guess === undefined) return `expected <selector>.<metric>, ${EXAMPLE}, got ${quote(subject)}`
  return `expected a metric of a trial (nearest: ${closest(guess, [...METRIC_PATHS])}), got ${quote(guess)}`
}

/** `units.ts` rounds to whole base units; a limit of 0.4us must not become one of 0 without a word. */
function whole(text: string, parse: (text: string) => number | undefined): number | undefined {
  return /\.\d*[1-9]\d*\s*(us|B)$/.test(text) ? undefined : parse(text)
}

function plainNumber(text: string): number | undefined {
  return /^-?(\d+(\.\d+)?|\.\d+)$/.test(text) ? Number(text) : undefined
}

function quote(text: string): string {
  if (text === '') return 'nothing'
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
  return JSON.stringify(shown).replace(/\p{C}/gu, '?')
}
