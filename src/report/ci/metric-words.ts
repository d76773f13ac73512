import { type MetricKind, metricInfo } from '../../analysis/metric-table.js'
import { COLUMNS } from '../columns.js'
import { formatCount, formatDuration, formatRatio, formatSize } from '../quantity.js'

/** How a metric is called and printed where only its path is known. */

/** The p99 of what lies between two adjacent slices: no figure of a trial, so the table of these does not have it. */
const WINDOWED_P99 = 'latencyUs.windowedP99'

const NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(COLUMNS.map(({ metric, name }) => [metric, name])),
  'latencyUs.p90': 'latency p90',
  [WINDOWED_P99]: 'latency windowed p99',
}

/** `latency p50`; a path that is not in a table of the reports stands for itself. */
export function metricName(path: string): string {
  return Object.hasOwn(NAMES, path) ? (NAMES[path] ?? path) : path
}

const FORMATS: Record<MetricKind, (value: number | null) => string> = {
  duration: formatDuration,
  size: formatSize,
  count: formatCount,
  ratio: formatRatio,
}

export function formatMetric(path: string, value: number | null): string {
  return FORMATS[kindOf(path)](value)
}

const UNITS: Record<MetricKind, string> = { duration: 'us', size: 'B', count: 'messages', ratio: 'ratio' }

/** Of the figure as it is inside: `us`, `B`. */
export function unitOf(path: string): string {
  return UNITS[kindOf(path)]
}

function kindOf(path: string): MetricKind {
  return path === WINDOWED_P99 ? 'duration' : (metricInfo(path)?.kind ?? 'ratio')
}

/** What a ratio candidate / baseline is as a change: `+12 %`, `-3.4 %`, `+0.52 %`, `0 %`. */
export function formatChange(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return '-'
  const percent = (ratio - 1) * 100
  const size = Math.abs(percent)
  const digits = size.toFixed(size < 1 ? 2 : size < 10 ? 1 : 0)
  return Number(digits) === 0 ? '0 %' : `${percent < 0 ? '-' : '+'}${digits} %`
}

/** `+12 % [+8.1 %, +16 %]`; an end that so few rounds do not bound is open. */
export function formatChangeWithin(ratio: number | null, interval: { low: number | null; high: number | null } | null): string {
  if (ratio === null || interval === null) return formatChange(ratio)
  const [low, high] = [interval.low, interval.high].map((end) => (end === null ? 'open' : formatChange(end)))
  return `${formatChange(ratio)} [${low}, ${high}]`
}

/** A share as a margin: `5 %`, `0.5 %`. */
export function formatMargin(margin: number): string {
  return `${Number((margin * 100).toPrecision(3))} %`
}
