import { describe, expect, test } from 'vitest'
import type { PredictionConditions } from '../model/prediction.js'
import { builtInTransports } from './registry.js'

const CONDITIONS: Omit<PredictionConditions, 'options'> = {
  feed: { arrival: 'poisson', ratePerSec: 4, payloadBytes: 200, firstSeq: 100, lastSeq: 199 },
  clients: 200,
  windowUs: 10e6,
  link: null,
  stallUs: null,
  request: { authority: '127.0.0.1:40123', headers: [] },
}
const PERIODIC = { ...CONDITIONS.feed, arrival: 'periodic' as const }
const link = (toServerMs: number, toClientMs: number) => ({
  link: { toServerUs: toServerMs * 1e3, toClientUs: toClientMs * 1e3 },
})

/** What a transport expects, by metric: numbers, or why there is none. */
function predicted(
  name: string,
  part: Partial<PredictionConditions> = {},
  options: object = {},
): Record<string, number | string> {
  const descriptor = builtInTransports.find((transport) => transport.name === name)
  const conditions = { ...CONDITIONS, ...part, options: descriptor?.optionsSchema.parse(options) ?? {} }
  const figures = descriptor?.predict?.(conditions) ?? []
  return Object.fromEntries(figures.map(({ metric, expected, source }) => [metric, expected ?? source]))
}

test('every transport that comes along has a model', () => {
  expect(builtInTransports.filter(({ predict }) => predict === undefined)).toEqual([])
})

describe('polling', () => {
  test('has latency, staleness, requests, empty answers and bytes', () => {
    expect(predicted('polling', {}, { interval: '500ms' })).toEqual({
      'latencyUs.mean': 250e3,
      'latencyUs.p50': 250e3,
      'latencyUs.p90': 450e3,
      'latencyUs.p99': 495e3,
      'stalenessUs.mean': 500e3,
      'requests.perMessage': 0.5,
      'requests.emptyShare': expect.closeTo(Math.exp(-2), 9),
      'bytes.perMessage': expect.any(Number),
    })
    expect(predicted('polling', link(90, 40), { interval: '500ms' })).toMatchObject({ 'latencyUs.mean': 290e3 })
  })

  test('has the delivered share where only the newest is taken', () => {
    expect(predicted('polling', { feed: PERIODIC }, { interval: '1s', mode: 'latest' })).toMatchObject({
      'messages.deliveredShare': expect.closeTo(0.25, 9),
      'latencyUs.mean': 125e3,
    })
  })

  test('has no latency of a few milliseconds, of few clients in step with the feed, or of a poll that may or may not be skipped', () => {
    expect(predicted('polling', {}, { interval: '20ms' })['latencyUs.mean']).toMatch(/less than 20 ms/)
    expect(predicted('polling', { clients: 5, feed: PERIODIC })).toMatchObject({ latencyUs: expect.stringMatching(/phases/) })
    expect(predicted('polling', link(250, 249), { interval: '500ms' })).toEqual({ latencyUs: expect.stringMatching(/skipped/) })
    expect(predicted('polling', link(250, 252), { interval: '500ms' })).toMatchObject({ 'requests.perMessage': 0.25 })
  })

  test('has what a stall leaves, but not over a delay or of the newest alone', () => {
    const stalled = { stallUs: 1e6 }
    expect(predicted('polling', stalled, { interval: '700ms' })['latencyUs.p99']).toBeCloseTo(1_325_834, -2)
    expect(predicted('polling', { ...stalled, ...link(50, 50) })).toEqual({ latencyUs: expect.any(String) })
    expect(predicted('polling', stalled, { mode: 'latest' })).toEqual({ latencyUs: expect.any(String) })
  })

  test('has no bytes where answers are full', () => {
    const feed = { ...CONDITIONS.feed, ratePerSec: 2_000 }
    expect(predicted('polling', { feed }, { interval: '1s' })['bytes.perMessage']).toMatch(/full/)
  })
})

describe('long polling', () => {
  test('over a link has the published figures', () => {
    const figures = predicted('long-polling', link(125, 125))
    expect(Number(figures['latencyUs.mean']) / 1e3).toBeCloseTo(216.4, 1)
    expect(figures['requests.perMessage']).toBeCloseTo(0.731, 3)
    expect(predicted('long-polling', { ...link(120, 120), feed: PERIODIC })).toMatchObject({
      'latencyUs.mean': 120e3,
      'requests.perMessage': 1,
    })
    expect(predicted('long-polling', { ...link(130, 130), feed: PERIODIC })).toMatchObject({ 'latencyUs.mean': 260e3 })
  })

  test('has nothing to say about the edge of the transition, or about clients that ask again by themselves at a high rate', () => {
    expect(predicted('long-polling', { ...link(124.5, 125), feed: PERIODIC })).toEqual({ latencyUs: expect.any(String) })
    expect(predicted('long-polling', { feed: { ...CONDITIONS.feed, ratePerSec: 50 } })).toEqual({
      'requests.perMessage': expect.stringMatching(/ask again/),
    })
  })

  test('has requests without a link where messages are rare, and what a stall leaves', () => {
    expect(predicted('long-polling')).toMatchObject({ 'requests.perMessage': 1, 'latencyUs.mean': expect.any(String) })
    expect(predicted('long-polling', { stallUs: 1e6 })['latencyUs.p99']).toBeCloseTo(900e3, 3)
    expect(predicted('long-polling', { stallUs: 1e6, ...link(50, 50) })).toEqual({ latencyUs: expect.any(String) })
  })
})

describe.each(['http-streaming', 'sse', 'websocket'])('%s', (name) => {
  test('has latency only where a link is most of it, bytes always, and no requests', () => {
    expect(predicted(name, link(70, 80))).toMatchObject({
      'latencyUs.mean': 80e3,
      'latencyUs.p99': 80e3,
      'stalenessUs.mean': 330e3,
      'requests.perMessage': 0,
    })
    expect(predicted(name)).toMatchObject({
      'latencyUs.mean': expect.stringMatching(/less than 20 ms/),
      'bytes.perMessage': expect.any(Number),
    })
  })

  test('has what a stall leaves, over a link too', () => {
    const figures = predicted(name, { stallUs: 1e6, ...link(50, 50) })
    expect(figures['latencyUs.p99']).toBeCloseTo(950e3, 3)
    expect(figures['latencyUs.mean']).toBe(100e3)
  })
})

test('how far messages compress is not predicted', () => {
  expect(predicted('websocket', {}, { compression: 'on' })['bytes.perMessage']).toMatch(/compress/)
})

test('comments that keep an idle event stream open are part of its bytes', () => {
  const idle = { feed: { ...PERIODIC, ratePerSec: 0.5 } }
  // There are two beats a message, and one of them finds none: a comment of 8 bytes a message.
  expect(Number(predicted('sse', idle, { heartbeat: '1s' })['bytes.perMessage'])).toBeCloseTo(222 + 8, 9)
})
