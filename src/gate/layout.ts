import type { Side } from '../model/gate.js'
import type { FeedSlice, PlannedTrial } from '../model/plan.js'
import type { TrialWindow } from '../model/trial.js'

/** How the sides take turns in the measurement of one label. */
export interface SliceLayout {
  sliceUs: number
  /** After each slice, in which nothing is published: what is under way arrives. */
  guardUs: number
  /** Of each side, before the slices, of both at once. */
  warmupUs: number
  /** Of each side, that count. */
  slices: number
}

/** Deliveries of a transport that pushes are there within some milliseconds. */
const GUARD_US = 10e3
/** What a poll takes beyond its interval. */
const POLL_US = 10e3

export function layoutOf(
  { sliceUs, perSideUs }: { sliceUs: number; perSideUs: number },
  { phases, options }: Pick<PlannedTrial, 'phases' | 'options'>,
): SliceLayout {
  return {
    sliceUs,
    guardUs: guardOf(sliceUs, pollingIntervalUs(options)),
    // Whole slices, so that messages lie in those that count as in any other.
    warmupUs: Math.max(1, Math.ceil(phases.warmupUs / sliceUs)) * sliceUs,
    slices: Math.max(1, Math.round(perSideUs / sliceUs)),
  }
}

/**
 * The last messages of a slice come with the next poll. And the polls of one side have to come half an interval after those of the other: with the same phases on both sides, each
 * poll of either then finds as many others just before it, whatever the phases are.
 */
function guardOf(sliceUs: number, intervalUs: number | null): number {
  if (intervalUs === null) return GUARD_US
  const leastUs = intervalUs + POLL_US
  const pastHalfUs = (sliceUs + leastUs - intervalUs / 2) % intervalUs
  return pastHalfUs === 0 ? leastUs : leastUs + intervalUs - pastHalfUs
}

/** Of a transport that asks at an interval; `null` for the others. */
export function pollingIntervalUs({ intervalUs }: Record<string, unknown>): number | null {
  return typeof intervalUs === 'number' ? intervalUs : null
}

/** In which each side's feed runs: the warm-up, and the slices that count. */
export function turnsOf(layout: SliceLayout, first: Side): Record<Side, FeedSlice[]> {
  const { sliceUs, guardUs, warmupUs, slices } = layout
  const turns = (side: Side) => {
    const beginUs = delayUs(layout, side, first)
    // Each rests before its first slice as before any other.
    const restedUs = beginUs + warmupUs + sliceUs + 2 * guardUs
    const counted = Array.from({ length: slices }, (_, turn): FeedSlice => {
      const startOffsetUs = restedUs + turn * everyUs(layout)
      return { startOffsetUs, endOffsetUs: startOffsetUs + sliceUs }
    })
    return [{ startOffsetUs: beginUs, endOffsetUs: beginUs + warmupUs }, ...counted]
  }
  return { baseline: turns('baseline'), candidate: turns('candidate') }
}

/** By how much the turns of a side come after those of the first. */
export function delayUs(layout: SliceLayout, side: Side, first: Side): number {
  return side === first ? 0 : everyUs(layout) / 2
}

function everyUs({ sliceUs, guardUs }: SliceLayout): number {
  return 2 * (sliceUs + guardUs)
}

/** The slices that count, in the order of time: those at 0 and 1 are the first pair. */
export function slicesFrom(layout: SliceLayout, first: Side, epochUs: number): TrialWindow[] {
  const second: Side = first === 'baseline' ? 'candidate' : 'baseline'
  const turns = turnsOf(layout, first)
  return Array.from({ length: layout.slices }, (_, index) =>
    [first, second].map((side) => {
      const { startOffsetUs, endOffsetUs } = turns[side][1 + index] as FeedSlice
      return { startUs: epochUs + startOffsetUs, endUs: epochUs + endOffsetUs, side, tag: null }
    }),
  ).flat()
}

/** From the start of the feed to the end of the last guard. */
export function lengthUs(layout: SliceLayout): number {
  return layout.warmupUs + layout.sliceUs + 2 * layout.guardUs + layout.slices * everyUs(layout)
}
