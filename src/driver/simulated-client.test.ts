import { describe, expect, it } from 'vitest'
import { decodeHistogram } from '../measure/histogram.js'
import { buildFeed, buildTraceFeed } from '../testing/feeds.js'
import { deliver, EPOCH_US, ScriptedTransport, WINDOW } from '../testing/scripted-transport.js'

function subscribed(parts: ConstructorParameters<typeof ScriptedTransport>[0] = {}) {
  const transport = new ScriptedTransport(parts)
  const client = transport.client()
  client.open()
  client.subscribed()
  return { transport, client, tally: transport.tally }
}

const ARRIVAL = { receivedUs: WINDOW.startUs, readUs: WINDOW.startUs, lagUs: 0 }
const before = WINDOW.startUs - 1
const within = WINDOW.startUs
const after = WINDOW.endUs

describe('a simulated client that opens', () => {
  it('starts at the newest message, with its number and its phase', () => {
    const transport = new ScriptedTransport()
    transport.client(7, 0.25).open()
    expect(transport.session.context).toMatchObject({ index: 7, phase: 0.25, after: null })
  })

  it('is counted as subscribed while it is', () => {
    const { client, tally } = subscribed()
    expect([tally.subscribed, client.isSubscribed, client.wasSubscribed]).toEqual([1, true, true])
    client.lost(null)
    expect([tally.subscribed, tally.lost, client.isSubscribed, client.wasSubscribed]).toEqual([0, 1, false, true])
  })

  it('tries again after a pause that doubles up to a limit, and is not lost while it never was there', () => {
    const transport = new ScriptedTransport()
    const opened: number[] = []
    transport.onOpen = ({ sink }) => {
      opened.push(transport.clock.nowUs())
      if (opened.length < 9) sink.lost(new Error('refused'))
    }
    transport.client(0, 0.5).open()
    transport.clock.advanceBy(60e6)
    const pausesMs = opened.slice(1).map((us, index) => (us - (opened[index] as number)) / 1e3)
    expect(pausesMs).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000])
    expect(transport.tally).toMatchObject({ lost: 0, subscribed: 0, lastError: 'refused' })
  })

  it('spreads its pause by its phase, so that those that are cut off together do not come back together', () => {
    const pauses = [0, 0.5, 0.99].map((phase) => {
      const transport = new ScriptedTransport()
      const client = transport.client(0, phase)
      client.open()
      client.subscribed()
      client.lost(null)
      const startUs = transport.clock.nowUs()
      while (transport.sessions.length < 2) transport.clock.advanceBy(1_000)
      return Math.round((transport.clock.nowUs() - startUs) / 1e3)
    })
    expect(pauses).toEqual([50, 100, 149])
  })

  it('begins with a short pause again once it was subscribed', () => {
    const transport = new ScriptedTransport()
    const client = transport.client(0, 0.5)
    client.open()
    for (let failure = 0; failure < 5; failure++) {
      client.lost(new Error('refused'))
      transport.clock.advanceBy(10e6)
    }
    client.subscribed()
    client.lost(null)
    transport.clock.advanceBy(100e3)
    expect(transport.sessions).toHaveLength(7)
  })
})

describe('a simulated client that comes back', () => {
  it('resumes at the newest message it has', () => {
    const { client, transport } = subscribed()
    for (const seq of [1, 2, 5]) deliver(client, seq)
    client.lost(new Error('cut off'))
    transport.clock.advanceBy(1e6)
    expect(transport.sessions).toHaveLength(2)
    expect(transport.session.context.after).toBe(5)
  })

  it('resumes at the beginning where it has none, and misses nothing', () => {
    const { client, transport } = subscribed()
    client.lost(null)
    transport.clock.advanceBy(1e6)
    expect(transport.session.context.after).toBe(0)
  })

  it('does so after a first attempt that failed too', () => {
    const transport = new ScriptedTransport()
    transport.client().open()
    transport.session.sink.lost(new Error('refused'))
    transport.clock.advanceBy(1e6)
    expect(transport.session.context.after).toBe(0)
  })

  it('stays away once it was closed, and ends its session', async () => {
    const { client, transport } = subscribed()
    client.lost(null)
    await client.close()
    transport.clock.advanceBy(10e6)
    expect(transport.sessions.map(({ isClosed }) => isClosed)).toEqual([true])
    client.lost(new Error('too late'))
    expect(transport.tally.lastError).toBeNull()
  })

  it('counts a message that it gets twice once', () => {
    const { client, tally } = subscribed()
    for (const seq of [11, 12, 12]) deliver(client, seq)
    expect(tally.ledger.counts([client.ledger])).toMatchObject({ delivered: 2, duplicates: 1, missing: 8 })
    expect(decodeHistogram(tally.recorder.finish([client]).latencyUs).count).toBe(2)
  })
})

describe('a message', () => {
  it('has its latency from when it was due, and its transit from when it was published', () => {
    const { client, tally } = subscribed()
    deliver(client, 11, { afterUs: 1_500 })
    const { latencyUs, transitUs } = tally.recorder.finish([client])
    expect([...decodeHistogram(latencyUs).values(), ...decodeHistogram(transitUs ?? '').values()]).toEqual([
      [1_500, 1],
      [1_400, 1],
    ])
  })

  it('has its due time from the schedule, whatever it says itself', () => {
    const { client, tally } = subscribed()
    const receivedUs = EPOCH_US + 1_050_000 + 700
    client.message(Buffer.from('{"seq":11,"t":5,"data":0}'), { receivedUs, readUs: receivedUs, lagUs: 0 })
    const { latencyUs, transitUs } = tally.recorder.finish([client])
    expect([...decodeHistogram(latencyUs).values()]).toEqual([[700, 1]])
    expect(transitUs).toBeNull()
  })

  it('is counted as received whenever it comes, and as delivered when it was due in the window', () => {
    const { client, tally } = subscribed()
    deliver(client, 10, { afterUs: 60_000 })
    deliver(client, 11)
    deliver(client, 20, { afterUs: 500_000 })
    expect(tally.deliveries).toBe(3)
    expect(tally.ledger.delivered).toBe(2)
    expect(tally.payloadBytes).toBe(3 * 49)
  })

  it('that skips others on purpose has them superseded', () => {
    const { client, tally } = subscribed()
    deliver(client, 15, { latestOnly: true })
    expect(tally.ledger.counts([client.ledger])).toMatchObject({ delivered: 1, superseded: 4, missing: 5 })
  })

  it.each([
    ['no JSON', 'hello'],
    ['a number of 0', '{"seq":0}'],
    ['a negative number', '{"seq":-3}'],
    ['a number beyond the end of the feed', '{"seq":21,"t":1,"p":2,"data":0}'],
    ['a number that would take for ever to reach', '{"seq":9007199254740991,"t":1,"p":2,"data":0}'],
  ])('is foreign where it has %s', (_, text) => {
    const { client, tally } = subscribed({ feed: buildFeed({ arrival: 'poisson', ratePerSec: 10 }) })
    const { lastPosition } = tally
    expect(lastPosition).toBeLessThan(40)
    client.message(Buffer.from(text.replace('21', `${lastPosition + 1}`)), ARRIVAL)
    expect(tally).toMatchObject({ foreign: 1, deliveries: 0 })
    expect(client.ledger.cursor).toBe(0)
    expect(tally.lastError).toContain('expected a message of this feed')
  })

  it('is foreign where it has a topic that the feed has not', () => {
    const { feed, trace } = buildTraceFeed([0, 1_050_000, 1_150_000], { topics: ['a', 'b'] })
    const { client, tally } = subscribed({ feed, trace })
    deliver(client, 1, { topic: 'b' })
    deliver(client, 1, { topic: 'z' })
    expect([tally.ledger.delivered, tally.foreign]).toEqual([1, 1])
  })
})

describe('a request', () => {
  it.each([
    ['before the window', before, 0],
    ['at its start', within, 1],
    ['at its end', after, 0],
  ])('counts by its scheduled send, with its answer whenever that comes: %s', (_, scheduledUs, expected) => {
    const { client, tally } = subscribed()
    client.requested(scheduledUs)
    client.answered(3)
    client.requested(scheduledUs)
    client.answered(0)
    client.requested(scheduledUs)
    client.requestFailed(new Error('reset'))
    client.skipped(scheduledUs)
    expect(tally.requests).toEqual({
      total: 3 * expected,
      responses: expected,
      messages: 3 * expected,
      empty: expected,
      failed: expected,
      skipped: expected,
    })
  })

  it('is not confused with the next, which may be sent before the answer is told', () => {
    const { client, tally } = subscribed()
    client.requested(before)
    client.requested(within)
    client.answered(5)
    expect(tally.requests).toMatchObject({ total: 1, responses: 0, messages: 0 })
    client.requested(after)
    client.answered(2)
    client.answered(9)
    expect(tally.requests).toMatchObject({ total: 1, responses: 1, messages: 2 })
  })

  it('that was cut off has no answer in the next session', () => {
    const { client, transport, tally } = subscribed()
    client.requested(within)
    client.lost(new Error('cut off'))
    transport.clock.advanceBy(1e6)
    client.requested(after)
    client.answered(4)
    expect(tally.requests).toMatchObject({ total: 1, responses: 0, messages: 0 })
  })

  it.each(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EADDRINUSE', 'ENOBUFS', 'ENOMEM'])(
    'that fails for want of something tells that the driver is exhausted: %s',
    (code) => {
      const { client, tally } = subscribed()
      client.requested(within)
      client.requestFailed(Object.assign(new Error(code), { code }))
      expect(tally.exhausted).toBe(1)
    },
  )
})
