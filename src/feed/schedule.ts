import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { FeedSpec, TraceContent } from '../model/plan.js'
import { type Random, seededRandom } from './random.js'
import { slicedSchedule } from './slices.js'

/**
 * When messages are due: a pure function of the time since the feed's start. It never looks at what happened,
 * so that a server that is late cannot make the schedule wait for it (open loop).
 *
 * Positions count all messages of the feed from 1.
 */
export interface Schedule {
  /** When the message at a position is due, in microseconds since the start; `Infinity` past the end of a trace. */
  offsetUs(position: number): number
  /** How many messages are due before a moment: those with an offset less than `elapsedUs`. */
  countBefore(elapsedUs: number): number
}

/** The schedule of a feed. A trace needs its content; the others follow from the specification alone. */
export function createSchedule(feed: FeedSpec, trace: TraceContent | null): Schedule {
  const whole = wholeSchedule(feed, trace)
  return feed.slices === undefined ? whole : slicedSchedule(whole, feed.slices)
}

function wholeSchedule(feed: FeedSpec, trace: TraceContent | null): Schedule {
  switch (feed.arrival) {
    case 'periodic':
      return periodic(1e6 / feed.ratePerSec)
    case 'poisson': {
      const meanUs = 1e6 / feed.ratePerSec
      return renewal(feed.seed, (random) => exponential(meanUs, random))
    }
    case 'burst': {
      if (feed.burst === null) throw new Error('a burst feed without its burst')
      const { size, gapUs, spread } = feed.burst
      return bursts(feed.seed, { size, gapUs, spread, pauseUs: meanPauseUs(feed.ratePerSec, size, gapUs) })
    }
    case 'trace': {
      if (feed.trace === null || trace === null) throw new Error('a trace feed without its trace')
      return recorded(trace.offsetsUs, feed.trace)
    }
  }
}

/**
 * The mean pause between bursts that makes the rate come out: size messages take size - 1 gaps and a pause.
 * @internal for its test
 */
export function meanPauseUs(ratePerSec: number, size: number, gapUs: number): number {
  return (size * 1e6) / ratePerSec - (size - 1) * gapUs
}

function periodic(periodUs: number): Schedule {
  return {
    // Half a period before the first: a window that begins and ends on a multiple of the period then holds what it should.
    offsetUs: (position) => Math.floor((position - 0.5) * periodUs),
    countBefore: (elapsedUs) =>
      search((position) => Math.floor((position - 0.5) * periodUs), elapsedUs, Math.ceil(elapsedUs / periodUs) + 2),
  }
}

/** Exponential with the given mean; -ln(1 - u) is finite because u < 1. */
function exponential(meanUs: number, random: Random): number {
  return -Math.log1p(-uniformFloat64(random)) * meanUs
}

/** Lognormal with the given mean: exp(mu + sigma z) has the mean exp(mu + sigma^2 / 2). z by Box and Muller. */
function lognormal(meanUs: number, sigma: number, random: Random): number {
  const radius = Math.sqrt(-2 * Math.log1p(-uniformFloat64(random)))
  const z = radius * Math.cos(2 * Math.PI * uniformFloat64(random))
  return meanUs * Math.exp(sigma * z - (sigma * sigma) / 2)
}

interface Bursts {
  size: number
  gapUs: number
  spread: number
  pauseUs: number
}

/**
 * A message is followed by another of its burst with probability 1 - 1/size after an exponential gap, else by a
 * lognormal pause. With `spread` 0 nothing is left to chance: bursts of exactly `size`, regular gaps and pauses.
 */
function bursts(seed: number, { size, gapUs, spread, pauseUs }: Bursts): Schedule {
  if (spread === 0) {
    const periodUs = (size - 1) * gapUs + pauseUs
    const offsetUs = (position: number) =>
      Math.floor(Math.floor((position - 1) / size) * periodUs + ((position - 1) % size) * gapUs + pauseUs / 2)
    return {
      offsetUs,
      countBefore: (elapsedUs) => search(offsetUs, elapsedUs, (Math.ceil(elapsedUs / periodUs) + 2) * size),
    }
  }
  return renewal(seed, (random) =>
    uniformFloat64(random) < 1 / size ? lognormal(pauseUs, spread, random) : exponential(gapUs, random),
  )
}

/** Positions between two remembered generator states: how much is computed again after a jump backwards to where the feed is now. */
const CHECKPOINT_EVERY = 256
/** A feed that is served for weeks keeps no more of them than this: those of long ago become ever rarer. */
const MOST_CHECKPOINTS = 4_096

interface Checkpoint {
  position: number
  atUs: number
  state: readonly number[]
}

/**
 * Independent gaps from a seeded generator. Any position can be asked for in any order; going forward costs a gap,
 * a jump backwards at most `CHECKPOINT_EVERY` of them, because the generator's state is kept at every so many positions
 * (at fewer before the last half million).
 */
function renewal(seed: number, gapUs: (random: Random) => number): Schedule {
  let random = seededRandom(seed)
  let position = 0
  let atUs = 0
  let checkpoints: Checkpoint[] = [{ position, atUs, state: random.getState() }]

  const step = () => {
    atUs += gapUs(random)
    position++
    if (position !== (checkpoints.at(-1) as Checkpoint).position + CHECKPOINT_EVERY) return
    checkpoints.push({ position, atUs, state: random.getState() })
    if (checkpoints.length > MOST_CHECKPOINTS) {
      checkpoints = checkpoints.filter((_, index) => index % 2 === 0 || index > MOST_CHECKPOINTS / 2)
    }
  }
  const jumpTo = (checkpoint: Checkpoint) => {
    random = xoroshiro128plusFromState(checkpoint.state)
    position = checkpoint.position
    atUs = checkpoint.atUs
  }
  /** The first is at position 0 and time 0, and always kept. */
  const lastWhere = (isBefore: (checkpoint: Checkpoint) => boolean) => checkpoints.findLast(isBefore) as Checkpoint
  const offsetUs = (wanted: number) => {
    if (wanted < position) jumpTo(lastWhere((checkpoint) => checkpoint.position <= wanted))
    while (position < wanted) step()
    return Math.floor(atUs)
  }
  return {
    offsetUs,
    countBefore(elapsedUs) {
      if (elapsedUs <= 0) return 0
      // From the last checkpoint before the moment, forward.
      const checkpoint = lastWhere(({ atUs }) => atUs < elapsedUs)
      if (position < checkpoint.position || Math.floor(atUs) >= elapsedUs) jumpTo(checkpoint)
      let next = position + 1
      while (offsetUs(next) < elapsedUs) next++
      return next - 1
    },
  }
}

/** A recorded trace, faster by `speed`; begun again after its end plus its mean gap where it loops. */
function recorded(offsetsUs: readonly number[], { speed, loop }: { speed: number; loop: boolean }): Schedule {
  const length = offsetsUs.length
  const lastUs = offsetsUs[length - 1] ?? 0
  const lapUs = lastUs + lastUs / Math.max(1, length - 1)
  const offsetUs = (position: number) => {
    if (position > length && !loop) return Number.POSITIVE_INFINITY
    const lap = Math.floor((position - 1) / length)
    return Math.floor((lap * lapUs + (offsetsUs[(position - 1) % length] as number)) / speed)
  }
  return {
    offsetUs,
    countBefore: (elapsedUs) =>
      search(offsetUs, elapsedUs, loop ? (Math.ceil((elapsedUs * speed) / Math.max(1, lapUs)) + 1) * length : length),
  }
}

/** How many of the positions 1 to `most` have an offset below `elapsedUs`; offsets must not decrease. */
function search(offsetUs: (position: number) => number, elapsedUs: number, most: number): number {
  let low = 0
  let high = Math.max(0, most)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (offsetUs(middle) < elapsedUs) low = middle
    else high = middle - 1
  }
  return low
}
