import { parseBytesPerSec, parseDurationUs, parseRatePerSec, parseShare, parseSizeBytes } from '../model/units.js'

/** A value as written, in base units: microseconds, bytes, events or bytes per second, shares, and `on` and `off` as booleans. What has no unit stays. */
export function baseValue<Value>(value: Value): Value | number | boolean {
  if (typeof value !== 'string') return value
  if (value === 'on' || value === 'off') return value === 'on'
  const parsers = [parseDurationUs, parseSizeBytes, parseRatePerSec, parseBytesPerSec, parseShare]
  for (const parse of parsers) {
    const base = parse(value)
    if (base !== undefined) return base
  }
  return value
}
