import type { ObservedSpan } from '../model/member.js'
import type { Json } from '../model/role.js'
import type { Member } from './fleet.js'

/** What there was to receive of a feed that a server publishes by itself. */
export interface Observed {
  /** Numbers from the first to the last that belong to the windows, over all topics. */
  scheduled: number
  /** Of these, those that some client has seen, as the driver knows that has seen most. */
  published: number
}

/** Asks all drivers what they have seen, and tells them what all of them have. */
export async function settleObserved(drivers: readonly Member[], deadlineMs: number): Promise<Observed> {
  const answers = await Promise.all(drivers.map((driver) => driver.request('spans', null, deadlineMs)))
  const spans = mergeSpans(answers as unknown as ObservedSpan[][])
  const seen = await Promise.all(drivers.map((driver) => driver.request('settle', spans as unknown as Json, deadlineMs)))
  return {
    scheduled: spans.reduce((sum, { first, last }) => sum + last - first + 1, 0),
    published: Math.max(0, ...(seen as number[])),
  }
}

/**
 * From the first that any driver saw of a topic to the last.
 * @internal for its test
 */
export function mergeSpans(ofDrivers: readonly (readonly ObservedSpan[])[]): ObservedSpan[] {
  const merged = new Map<string | null, ObservedSpan>()
  for (const span of ofDrivers.flat()) {
    const known = merged.get(span.topic)
    if (known === undefined) merged.set(span.topic, { ...span })
    else {
      known.first = Math.min(known.first, span.first)
      known.last = Math.max(known.last, span.last)
    }
  }
  return [...merged.values()]
}
