/**
 * Base units as people read them, to three significant digits. The one place that scales: everywhere else there are
 * microseconds, bytes and plain numbers. `null` (not measured) is `-`, never 0.
 */

const NOT_MEASURED = '-'

/** Groups thousands without taking the place of a comma or a point, which mean different things in different countries. */
const THIN_SPACE = '\u202f'

const DURATION_UNITS: readonly Unit[] = [
  { name: 'us', size: 1 },
  { name: 'ms', size: 1e3 },
  { name: 's', size: 1e6 },
]
const SIZE_UNITS: readonly Unit[] = [
  { name: 'B', size: 1 },
  { name: 'kB', size: 1e3 },
  { name: 'MB', size: 1e6 },
  { name: 'GB', size: 1e9 },
  { name: 'TB', size: 1e12 },
]

interface Unit {
  name: string
  size: number
}

/** `850 us`, `3.10 ms`, `1.25 s`. */
export function formatDuration(us: number | null): string {
  return us === null ? NOT_MEASURED : withUnit(us, DURATION_UNITS)
}

/** `214 B`, `1.23 kB`, `4.56 MB`; a kB is 1000 B. */
export function formatSize(bytes: number | null): string {
  return bytes === null ? NOT_MEASURED : withUnit(bytes, SIZE_UNITS)
}

/** A duration that somebody chose, as they would write it: `5 s`, `1.5 s`, `250 ms`. */
export function formatSetDuration(us: number): string {
  return exactly(us, DURATION_UNITS)
}

/** A size that somebody chose, exactly: `96 B`, `1 024 B`, `2 kB`. */
export function formatSetSize(bytes: number): string {
  return exactly(bytes, SIZE_UNITS)
}

/** `12`, `1 234 567`; whole numbers in full, others (means, medians) to three digits. */
export function formatCount(count: number | null): string {
  if (count === null) return NOT_MEASURED
  return Number.isInteger(count) ? group(String(count)) : threeDigits(count)
}

/** `0.05`, `0.954`, `1.2`, `17.5`. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return NOT_MEASURED
  if (ratio !== 0 && Math.abs(ratio) < 0.001) return ratio < 0 ? '>-0.001' : '<0.001'
  const text = threeDigits(ratio)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** A share (0 to 1, or beyond) in percent: `0.03 %`, `24.3 %`, `420 %`. */
export function formatPercent(share: number | null): string {
  if (share === null) return NOT_MEASURED
  const percent = share * 100
  if (percent !== 0 && Math.abs(percent) < 0.01) return percent < 0 ? '>-0.01 %' : '<0.01 %'
  return `${Math.abs(percent) < 1 && percent !== 0 ? percent.toFixed(2) : threeDigits(percent)} %`
}

/** How far the rounds lie from their median at most: `±4 %`; `±0 %` only where they are all equal. */
export function formatSpread({ median, min, max }: { median: number | null; min: number | null; max: number | null }): string {
  if (median === null || min === null || max === null) return ''
  if (median === 0) return min === max ? '±0 %' : `${formatCount(min)} to ${formatCount(max)}`
  const percent = (Math.max(max - median, median - min) / Math.abs(median)) * 100
  if (percent === 0) return '±0 %'
  return percent < 0.95 ? `±${percent < 0.1 ? '<0.1' : percent.toFixed(1)} %` : `±${group(percent.toFixed(0))} %`
}

function withUnit(value: number, units: readonly Unit[]): string {
  for (const [index, { name, size }] of units.entries()) {
    const text = threeDigits(value / size)
    // Judged by what is printed: 999.7 us is 1.00 ms, not 1000 us.
    if (index === units.length - 1 || Math.abs(Number(text.replaceAll(THIN_SPACE, ''))) < 1000) return `${text} ${name}`
  }
  return NOT_MEASURED
}

/** Decimals follow from the rounded value, so that 0.9997 is 1.00 and not 1.000; from 1000 whole and grouped. */
function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return NOT_MEASURED
  if (value === 0) return '0'
  const exponent = Number(value.toExponential(2).split('e')[1])
  return group(value.toFixed(Math.max(0, Math.min(6, 2 - exponent))))
}

/** The largest unit that needs no more than two decimals. */
function exactly(value: number, units: readonly Unit[]): string {
  const fitting = units.filter(({ size }) => value >= size && Number.isInteger((value / size) * 100))
  const { name, size } = fitting.at(-1) ?? units[0] ?? { name: '', size: 1 }
  return `${group(String(value / size))} ${name}`
}

function group(text: string): string {
  const [whole = '', decimals] = text.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE)
  return decimals === undefined ? grouped : `${grouped}.${decimals}`
}
