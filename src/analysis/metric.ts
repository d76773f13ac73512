import { decodeHistogram } from '../measure/histogram.js'
import type { Distribution, Trial } from '../model/trial.js'
import { distributionParts, parsePercentile } from './metric-table.js'

/** The percentiles that a `Distribution` keeps ready; all others come from its histogram. */
const KEPT: Record<number, keyof Distribution> = { 50: 'p50', 90: 'p90', 95: 'p95', 99: 'p99', 99.9: 'p999', 100: 'max' }

/** A figure of a trial in base units, by its path, any percentile included; `null` where it was not measured or is no figure. */
export function metricOf(trial: Omit<Trial, 'predicted'>, path: string): number | null {
  const parts = distributionParts(path)
  if (parts === undefined) return finite(valueAt(trial, path))
  const found = valueAt(trial, parts.distribution) as Distribution | undefined
  if (found === undefined) return null
  const percentile = parsePercentile(parts.leaf)
  if (percentile === undefined) return finite(valueAt(found, parts.leaf))
  const kept = KEPT[percentile]
  if (kept !== undefined) return finite(found[kept])
  return found.histogram === null ? null : finite(decodeHistogram(found.histogram).percentile(percentile))
}

function valueAt(root: object, path: string): unknown {
  let value: unknown = root
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
