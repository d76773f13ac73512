import { parseDurationUs, parseRatePerSec, parseSizeBytes } from '../model/units.js'

/** A value as written, in base units: microseconds, bytes, events per second, and `on` and `off` as booleans. What has no unit stays. */
export function baseValue<Value>(value: Value): Value | number | boolean {
  if (typeof value !== 'string') return value
  if (value === 'on' || value === 'off') return value === 'on'
  return parseDurationUs(value) ?? parseSizeBytes(value) ?? parseRatePerSec(value) ?? value
}
