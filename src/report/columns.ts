import type { Spread, SummaryMetric } from '../model/result.js'
import type { RowView } from './comparison.js'
import { formatCount, formatDuration, formatPercent, formatRatio, formatSize, formatSpread } from './quantity.js'

/** A column of the comparison. All of them: less is better. */
export interface Column {
  metric: SummaryMetric
  /** Two lines. */
  heading: [string, string]
  /** On one line, for Markdown and for the notes under a table. */
  name: string
  /** The median over the rounds, scaled. */
  value(view: RowView): string
  /** How far the rounds differ, where there are several. */
  spread(spread: Spread): string
}

const column = (
  metric: SummaryMetric,
  heading: [string, string],
  name: string,
  format: (value: number | null) => string,
): Column => ({
  metric,
  heading,
  name,
  value: ({ row }) => format(row.metrics[metric].median),
  spread: formatSpread,
})

/** In the order of the table: how late, how lossy, how heavy, what the server paid. */
export const COLUMNS: readonly Column[] = [
  column('latencyUs.p50', ['latency', 'p50'], 'latency p50', formatDuration),
  column('latencyUs.p99', ['latency', 'p99'], 'latency p99', formatDuration),
  column('latencyUs.max', ['latency', 'max'], 'latency max', formatDuration),
  column('transitUs.p50', ['transit', 'p50'], 'transit p50', formatDuration),
  { ...column('messages.missing', ['', 'missing'], 'missing', formatCount), value: missing, spread: formatRange },
  column('bytes.perMessage', ['bytes', 'per msg'], 'bytes/message', formatSize),
  column('bytes.overheadRatio', ['over-', 'head'], 'overhead', formatPercent),
  { ...column('requests.perMessage', ['req/msg', '(msg/resp)'], 'requests/message', formatRatio), value: requests },
  column('server.cpuUsPerMessage', ['server', 'CPU/msg'], 'server CPU/message', formatDuration),
  column('server.rssBytesPerConnection', ['server', 'mem/conn'], 'server bytes/connection', formatSize),
]

/** What the columns stand for, for people who see them for the first time. */
export const COLUMN_NOTES = [
  'latency: received - intended publish; transit: received - actual publish; messages that are missing are in neither',
  'overhead: bytes beyond the payload, of the payload; (msg/resp): messages in a response that had any',
]

/** With what stands beside the figure in parentheses. */
export function fullName({ name, heading }: Column): string {
  return heading[1].startsWith('(') ? `${name} (messages/response)` : name
}

/** How far the rounds differ; empty where there is only one, or nothing to go by. */
export function spreadOf(column: Column, { row, roundCount, standing }: RowView): string {
  return roundCount < 2 || standing === 'unusable' ? '' : column.spread(row.metrics[column.metric])
}

/** Of counts that are mostly 0 a percentage says nothing. */
function formatRange({ min, max }: Spread): string {
  return min === max ? '' : `${formatCount(min)} to ${formatCount(max)}`
}

function missing({ row, missingShare }: RowView): string {
  const { median } = row.metrics['messages.missing']
  return median === null || median === 0 ? formatCount(median) : `${formatCount(median)} (${formatPercent(missingShare)})`
}

function requests({ row }: RowView): string {
  const perMessage = formatRatio(row.metrics['requests.perMessage'].median)
  const { median } = row.metrics['requests.messagesPerResponse']
  return median === null ? perMessage : `${perMessage} (${formatRatio(median)})`
}
