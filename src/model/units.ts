/**
 * Reads quantities with units as people write them. Inside feedbench there are only base units:
 * microseconds, bytes, events per second, bytes per second and shares from 0 to 1. Printing (and so scaling) belongs to `report/`.
 */

const DURATION_US: Record<string, number> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3_600e6 }
const SIZE_BYTES: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }
const SPEED_BYTES: Record<string, number> = { ...SIZE_BYTES, bit: 1 / 8, kbit: 125, Mbit: 125e3, Gbit: 125e6 }
const PER_SECOND: Record<string, number> = { s: 1, m: 1 / 60, min: 1 / 60, h: 1 / 3_600 }

const QUANTITY = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(?:\/\s*)?([A-Za-z]+)\s*$/

/** `250ms`, `1.5s`, `2m`, `100us`, `1h` in whole microseconds; `undefined` where the text is none of these. */
export function parseDurationUs(text: string): number | undefined {
  const value = scaled(text, DURATION_US, false)
  return value === undefined ? undefined : Math.round(value)
}

/** `200B`, `1KiB`, `2kB`, `1MiB` in whole bytes; `undefined` where the text is none of these. */
export function parseSizeBytes(text: string): number | undefined {
  const value = scaled(text, SIZE_BYTES, false)
  return value === undefined ? undefined : Math.round(value)
}

/** `20/s`, `90/min`, `0.5/s` in events per second; `undefined` where the text is none of these. */
export function parseRatePerSec(text: string): number | undefined {
  return scaled(text, PER_SECOND, true)
}

/** `20KiB/s`, `1MB/s`, `10Mbit/s` in bytes per second; `undefined` where the text is none of these. */
export function parseBytesPerSec(text: string): number | undefined {
  const match = /^(.*[A-Za-z])\s*\/\s*s\s*$/.exec(text)
  return match?.[1] === undefined ? undefined : scaled(match[1], SPEED_BYTES, false)
}

/** `10%`, `2.5%` as 0.1, 0.025; `undefined` where the text is no percentage. */
export function parseShare(text: string): number | undefined {
  const digits = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*%\s*$/.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits) / 100
}

function scaled(text: string, units: Record<string, number>, isRate: boolean): number | undefined {
  const match = QUANTITY.exec(text)
  if (match === null || text.includes('/') !== isRate) return undefined
  const [, digits, unit] = match
  if (digits === undefined || unit === undefined || !Object.hasOwn(units, unit)) return undefined
  return Number(digits) * (units[unit] ?? Number.NaN)
}
