import type { PositionRange } from '../measure/ledger.js'
import type { ObservedSpan } from '../model/member.js'
import type { TrialWindow } from '../model/trial.js'
import { SeenNumbers } from './seen-numbers.js'

/** Messages of a topic whose positions are remembered: as many as a log of ours keeps. */
const KEPT = 1 << 16
/** The same of all topics together. */
const MOST_KEPT = 1 << 20
/** Of positions: numbers that jump make a new one each. Beyond it a message belongs to no window, and the ledger does not add up. */
const MOST_RANGES = 1 << 16
/** More topics than any feed has; a server that sends ever new ones must not fill the memory. */
const MOST_TOPICS = 10_000

/**
 * A feed whose schedule nobody knows, as the clients of a driver see it. With one topic a message's position is its seq; with several,
 * positions count messages in the order in which the first client saw them. A message belongs to a window by the time that it says, or, where
 * it says none, by when the first client had it.
 */
export class ObservedFeed {
  /** Positions that belong to the windows: handed to the ledger, and kept up here as messages come. */
  readonly ranges: PositionRange[] = []
  readonly #topics = new Map<string, Topic>()
  #windows: readonly TrialWindow[] = []
  #isSettled = false
  #seen = 0
  #kept = 0
  #first: number | null = null
  #latestUs = 0

  open(windows: readonly TrialWindow[]): void {
    this.#windows = windows
  }

  /** Where clients begin to count: before it they cannot have missed anything. */
  get firstPosition(): number {
    return this.#first ?? 1
  }

  /** `undefined` for more topics than there can be. `atUs`: by which it belongs to a window. */
  locate(topicName: string | null, seq: number, atUs: number): number | undefined {
    const topic = this.#topic(topicName)
    if (topic === undefined) return undefined
    const known = topicName === null ? (topic.seen.has(seq) ? seq : undefined) : topic.positions.get(seq)
    if (known !== undefined) return known
    const position = topicName === null ? seq : ++this.#seen
    topic.seen.add(seq)
    if (topicName !== null) this.#kept += topic.remember(seq, position, this.#kept < MOST_KEPT)
    this.#first = Math.min(this.#first ?? position, position)
    this.#latestUs = Math.max(this.#latestUs, atUs)
    const isIn = this.#isSettled ? topic.spans(seq) : this.#isInWindow(atUs)
    if (isIn) this.#include(topic, seq, position)
    return position
  }

  /** Of each topic, what belongs to the windows so far. */
  get spans(): ObservedSpan[] {
    return [...this.#topics].flatMap(([name, { first, last }]) =>
      first === null || last === null ? [] : [{ topic: name === ONE ? null : name.slice(1), first, last }],
    )
  }

  /** Newest position of the windows, once a message from beyond them has shown that no more can come; `null` before that. */
  lastPosition(): number | null {
    const endUs = this.#windows.at(-1)?.endUs ?? Number.POSITIVE_INFINITY
    return this.#latestUs >= endUs ? Math.max(0, ...this.ranges.map(({ last }) => last)) : null
  }

  /**
   * What all drivers together have seen: from now on exactly these belong to the windows, whichever client had them first.
   * Returns how many of them some client here has seen.
   */
  settle(spans: readonly ObservedSpan[]): number {
    this.#isSettled = true
    this.ranges.length = 0
    let seen = 0
    for (const { topic: name, first, last } of spans) {
      const topic = this.#topic(name)
      if (topic === undefined) continue
      topic.first = first
      topic.last = last
      seen += topic.seen.count(first, last)
      if (name === null) this.ranges.push({ first, last })
      else for (const [seq, position] of topic.positions) if (seq >= first && seq <= last) this.#join(position)
    }
    this.ranges.sort((a, b) => a.first - b.first)
    return seen
  }

  #topic(name: string | null): Topic | undefined {
    const key = name === null ? ONE : `:${name}`
    const known = this.#topics.get(key)
    if (known !== undefined || this.#topics.size >= MOST_TOPICS) return known
    const topic = new Topic()
    this.#topics.set(key, topic)
    return topic
  }

  #include(topic: Topic, seq: number, position: number): void {
    topic.first = Math.min(topic.first ?? seq, seq)
    topic.last = Math.max(topic.last ?? seq, seq)
    this.#join(position)
  }

  /** Neighbours are one range: there are few, whatever the length of the window. */
  #join(position: number): void {
    const last = this.ranges.at(-1)
    if (last !== undefined && position === last.last + 1) last.last = position
    else if (last === undefined || position > last.last || position < last.first - 1) {
      if (this.ranges.length < MOST_RANGES) this.ranges.push({ first: position, last: position })
    } else if (position === last.first - 1) last.first = position
  }

  #isInWindow(us: number): boolean {
    return this.#windows.some(({ startUs, endUs }) => us >= startUs && us < endUs)
  }
}

const ONE = ''

class Topic {
  readonly seen = new SeenNumbers()
  /** By seq, the newest last, where position and seq differ. */
  readonly positions = new Map<number, number>()
  /** Of the seqs that belong to the windows. */
  first: number | null = null
  last: number | null = null

  /** By how many more are kept then: none without room, since the oldest goes. */
  remember(seq: number, position: number, hasRoom: boolean): number {
    this.positions.set(seq, position)
    if (this.positions.size <= KEPT && hasRoom) return 1
    const [oldest] = this.positions.keys()
    if (oldest !== undefined) this.positions.delete(oldest)
    return 0
  }

  spans(seq: number): boolean {
    return this.first !== null && this.last !== null && seq >= this.first && seq <= this.last
  }
}
