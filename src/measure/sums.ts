import type { DriverShard } from '../model/shard.js'
import type { Distribution } from '../model/trial.js'
import { distribution, mergeHistograms } from './histogram.js'

/** Histograms of several drivers as one. */
export function merged(drivers: readonly DriverShard[], encoded: (shard: DriverShard) => string | null): Distribution {
  return distribution(mergeHistograms(drivers.map(encoded).filter((text) => text !== null)))
}

/** Each figure of a part, summed over the drivers. */
export function addAll<T extends Record<string, number>>(drivers: readonly DriverShard[], part: (shard: DriverShard) => T): T {
  const parts = drivers.map(part)
  const keys = Object.keys(parts[0] ?? {}) as (keyof T)[]
  return Object.fromEntries(keys.map((key) => [key, sum(parts, (figures) => figures[key] as number)])) as T
}

export function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0)
}

/** `null` where there is nothing to divide by. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
