import { describe, expect, it } from 'vitest'
import { ClientLedger, Ledger } from '../measure/ledger.js'
import { mergeSpans } from '../runner/observed.js'
import { Observation } from './observation.js'
import { ObservedFeed } from './observed-feed.js'

const WINDOWS = [{ startUs: 100, endUs: 200, side: null, tag: null }]

/** Two clients of one driver, and what each of them received: `[topic, seq, time]`. */
function observe(...clients: [topic: string | null, seq: number, atUs: number][][]) {
  const observation = new Observation()
  const ledger = new Ledger()
  ledger.open(observation.open(WINDOWS))
  const ledgers = clients.map((messages) => {
    const client = new ClientLedger()
    for (const [topic, seq, atUs] of messages) {
      const position = observation.feed.locate(topic, seq, atUs)
      if (position === undefined) throw new Error('too many topics')
      client.begin(observation.feed.firstPosition)
      client.accept(position, false, ledger)
    }
    return client
  })
  const counts = () => observation.account({ ledger: ledger.counts(ledgers), slow: null }, clients.length).ledger
  const settle = (spans = observation.feed.spans) =>
    observation.settle(
      spans,
      ledgers.map((ledger) => ({ ledger })),
    )
  return { observation, counts, settle }
}

describe('a feed that nobody has a schedule of', () => {
  it('keeps a bounded account of numbers that jump for ever', () => {
    const feed = new ObservedFeed()
    feed.open(WINDOWS)
    for (let count = 1; count <= 70_000; count++) feed.locate(null, 3 * count, 150)
    expect(feed.ranges).toHaveLength(65_536)
  })

  it('has the numbers from the first to the last message of the window, wherever the server began to count', () => {
    const all: [null, number, number][] = [
      [null, 998, 90],
      [null, 999, 100],
      [null, 1_000, 150],
      [null, 1_001, 199],
      [null, 1_002, 200],
    ]
    const { observation, counts, settle } = observe(all, all)
    expect(observation.feed.spans).toEqual([{ topic: null, first: 999, last: 1_001 }])
    expect(observation.feed.lastPosition()).toBe(1_001)
    expect(settle()).toBe(3)
    expect(counts()).toMatchObject({ delivered: 6, missing: 0, duplicates: 0, reordered: 0 })
  })

  it('misses at each client what that one did not get, and at all of them what nobody did', () => {
    const { observation, counts, settle } = observe(
      [
        [null, 1, 100],
        [null, 2, 110],
        [null, 4, 130],
        [null, 5, 140],
      ],
      [
        [null, 1, 100],
        [null, 4, 130],
        [null, 4, 130],
        [null, 5, 140],
      ],
    )
    // 3 was seen by nobody, 2 by one of the two.
    expect(settle()).toBe(4)
    expect(counts()).toMatchObject({ delivered: 7, missing: 3, duplicates: 1 })
    expect(observation.feed.lastPosition()).toBeNull()
  })

  it('counts what another driver alone has seen as missing here', () => {
    const { observation, counts, settle } = observe([[null, 2, 150]])
    const spans = mergeSpans([observation.feed.spans, [{ topic: null, first: 1, last: 3 }]])
    expect(spans).toEqual([{ topic: null, first: 1, last: 3 }])
    expect(settle(spans)).toBe(1)
    expect(counts()).toMatchObject({ delivered: 1, missing: 2 })
  })

  it('keeps topics apart, each with numbers of its own', () => {
    const messages: [string, number, number][] = [
      ['a', 10, 100],
      ['b', 1, 110],
      ['a', 11, 120],
      ['b', 3, 130],
    ]
    const { counts, settle } = observe(messages, messages.slice(1))
    expect(settle()).toBe(4)
    // b 2 at both, a 10 at the second.
    expect(counts()).toMatchObject({ delivered: 7, missing: 3 })
  })

  it('misses everything at a client that never had a message', () => {
    const { counts, settle } = observe([[null, 500, 150]], [])
    expect(settle([{ topic: null, first: 499, last: 501 }])).toBe(1)
    expect(counts()).toMatchObject({ delivered: 1, missing: 5 })
  })

  it('has nothing before the window, however much came', () => {
    const { counts, settle } = observe([[null, 1, 50]])
    expect(settle()).toBe(0)
    expect(counts()).toMatchObject({ delivered: 0, missing: 0 })
  })
})
