import fc from 'fast-check'
import type { FeedSpec, TraceContent } from '../model/plan.js'

/** A periodic feed of 20 messages a second and 200 bytes, and any part of it replaced. */
export function buildFeed(parts: Partial<FeedSpec> = {}): FeedSpec {
  return { arrival: 'periodic', ratePerSec: 20, payloadBytes: 200, burst: null, trace: null, seed: 0x9e3779b9, ...parts }
}

export interface FeedWithTrace {
  feed: FeedSpec
  trace: TraceContent | null
}

/** A feed that replays messages at these times, dealt to the topics in turn. */
export function buildTraceFeed(
  offsetsUs: number[],
  { speed = 1, loop = false, topics = [''] }: { speed?: number; loop?: boolean; topics?: string[] } = {},
): { feed: FeedSpec; trace: TraceContent } {
  const messages = offsetsUs.length
  const feed = buildFeed({
    arrival: 'trace',
    payloadBytes: null,
    trace: { file: 't.ndjson', speed, loop, messages, topics, sha256: '0'.repeat(64) },
  })
  const trace = {
    offsetsUs,
    topics: offsetsUs.map((_, index) => index % topics.length),
    data: offsetsUs.map((_, index) => JSON.stringify({ price: index })),
  }
  return { feed, trace }
}

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const rates = fc.double({ min: 0.05, max: 5_000, noNaN: true })

const bursts = fc
  .record({
    seed: seeds,
    ratePerSec: rates,
    size: fc.integer({ min: 1, max: 40 }),
    room: fc.double({ min: 0, max: 0.9, noNaN: true }),
  })
  .chain(({ seed, ratePerSec, size, room }) => {
    const gapUs = size === 1 ? 0 : Math.floor((room * size * 1e6) / ratePerSec / (size - 1))
    return fc.constantFrom(0, 0.5, 1.1, 2).map((spread): FeedWithTrace => {
      return { feed: buildFeed({ arrival: 'burst', seed, ratePerSec, burst: { size, gapUs, spread } }), trace: null }
    })
  })

const traces = fc
  .record({
    gapsUs: fc.array(fc.integer({ min: 0, max: 3_000_000 }), { minLength: 1, maxLength: 40 }),
    speed: fc.double({ min: 0.1, max: 100, noNaN: true }),
    loop: fc.boolean(),
  })
  .map(({ gapsUs, speed, loop }): FeedWithTrace => {
    let atUs = 1_000
    return buildTraceFeed(
      gapsUs.map((gapUs) => {
        atUs += gapUs
        return atUs
      }),
      { speed, loop },
    )
  })

/** Feeds of all four kinds. */
export const anyFeed: fc.Arbitrary<FeedWithTrace> = fc.oneof(
  fc
    .record({ seed: seeds, ratePerSec: rates, arrival: fc.constantFrom('periodic' as const, 'poisson' as const) })
    .map((parts) => ({
      feed: buildFeed(parts),
      trace: null,
    })),
  bursts,
  traces,
)
