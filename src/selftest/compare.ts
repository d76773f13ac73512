import type { SelftestComparison, SelftestUnit } from '../model/selftest.js'

/** How far a figure may lie from what is expected: a share of it, or an absolute figure, whichever is more, on each side. */
export interface Tolerance {
  below: Allowance
  above: Allowance
}

export interface Allowance {
  share?: number
  absolute?: number
}

/** What a disturbed machine can only add to is held tighter from below than from above. */
export function compare(
  what: string,
  unit: SelftestUnit,
  measured: number | null,
  expected: number,
  { below, above }: Tolerance,
): SelftestComparison {
  return bounded(what, unit, measured, expected, expected - allowed(expected, below), expected + allowed(expected, above))
}

/** Counts and bytes, which no load of a machine excuses. */
export function exactly(what: string, unit: SelftestUnit, measured: number | null, expected: number): SelftestComparison {
  return bounded(what, unit, measured, expected, expected, expected)
}

export function atMost(what: string, unit: SelftestUnit, measured: number | null, most: number): SelftestComparison {
  return bounded(what, unit, measured, null, null, most)
}

export function atLeast(what: string, unit: SelftestUnit, measured: number | null, least: number): SelftestComparison {
  return bounded(what, unit, measured, null, least, null)
}

function allowed(expected: number, { share = 0, absolute = 0 }: Allowance): number {
  return Math.max(share * Math.abs(expected), absolute)
}

function bounded(
  what: string,
  unit: SelftestUnit,
  measured: number | null,
  expected: number | null,
  least: number | null,
  most: number | null,
): SelftestComparison {
  const isWithin = measured !== null && measured >= (least ?? -Infinity) && measured <= (most ?? Infinity)
  return { what, unit, measured, expected, least, most, isWithin }
}
