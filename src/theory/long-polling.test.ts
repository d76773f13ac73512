import { describe, expect, test } from 'vitest'
import { simulateLongPolling } from '../testing/simulated-polls.js'
import { emptyShareOf, meanMessages } from './answers.js'
import { type LongPollingCase, longPolling } from './long-polling.js'
import { periodicLoop } from './long-polling-loop.js'

const MS = 1e3

function at(arrival: LongPollingCase['arrival'], ratePerSec: number, delayMs: number, holdUs = 30e6): LongPollingCase {
  return { arrival, ratePerSec, toServerUs: delayMs * MS, toClientUs: delayMs * MS, holdUs }
}

describe('a Poisson feed', () => {
  test.each([
    [1, 50, 55.0, 0.9952, 50, 140, 150],
    [4, 50, 68.7, 0.934, 123, 147, 150],
    [4, 125, 216.4, 0.731, 341, 372, 375],
    [10, 50, 86.6, 0.731, 136, 149, 150],
    [50, 50, 99.9, 0.2, 140, 149, 150],
  ])('%d/s, %d ms: the published table', (ratePerSec, delayMs, meanMs, requests, p90Ms, p99Ms, maxMs) => {
    const { latency, requestsPerMessage, answers } = longPolling(at('poisson', ratePerSec, delayMs))
    expect(latency.meanUs / MS).toBeCloseTo(meanMs, 0.9)
    expect(requestsPerMessage).toBeCloseTo(requests, 3)
    // Whole milliseconds there.
    expect(Math.round(latency.percentileUs(90) / MS)).toBe(p90Ms)
    expect(Math.abs(latency.percentileUs(99) / MS - p99Ms)).toBeLessThan(1)
    expect(latency.maxUs / MS).toBe(maxMs)
    expect(meanMessages(answers)).toBeCloseTo(1 / requestsPerMessage, 9)
  })

  test('from one transit when messages are rare to two when they are frequent (RFC 6202 section 2.2)', () => {
    expect(longPolling(at('poisson', 0.01, 50)).latency.meanUs / MS).toBeCloseTo(50, 0)
    expect(longPolling(at('poisson', 1_000, 50)).latency.meanUs / MS).toBeCloseTo(100, 1)
  })

  test('what is held for H is empty in e^(-lambda (G + H))', () => {
    const { emptyShare, answers } = longPolling(at('poisson', 4, 50, 250e3))
    expect(emptyShare).toBeCloseTo(Math.exp(-4 * 0.35), 9)
    expect(emptyShareOf(answers)).toBeCloseTo(emptyShare, 9)
  })

  test.each<[name: string, polled: LongPollingCase]>([
    ['rare messages', at('poisson', 1, 50)],
    ['4/s', at('poisson', 4, 125)],
    ['frequent messages', at('poisson', 50, 50)],
    ['a short hold', at('poisson', 4, 50, 150e3)],
    ['ways that differ, and thought between', { ...at('poisson', 8, 0), toServerUs: 20e3, toClientUs: 90e3, thinkUs: 15e3 }],
  ])('as simulated: %s', (_name, polled) => {
    const expected = longPolling(polled)
    const simulated = simulateLongPolling(polled, { messages: 60_000, seed: 3 })
    expect(simulated.latency.meanUs / expected.latency.meanUs).toBeCloseTo(1, 2)
    for (const percentile of [10, 50, 75, 90, 99]) {
      expect(simulated.latency.percentileUs(percentile) / expected.latency.percentileUs(percentile)).toBeCloseTo(1, 1.5)
    }
    expect(simulated.latency.maxUs).toBeLessThanOrEqual(expected.latency.maxUs + 1)
    expect(simulated.requestsPerMessage / expected.requestsPerMessage).toBeCloseTo(1, 2)
    expect(simulated.emptyShare).toBeCloseTo(expected.emptyShare, 2)
    expect(simulated.stalenessMeanUs / expected.stalenessMeanUs).toBeCloseTo(1, 1.7)
  })
})

describe('a periodic feed at 4/s', () => {
  test.each([
    [120, 120, 1.0, 120],
    [130, 260, 0.962, 390],
    [200, 400, 0.625, 600],
  ])('d = %d ms: mean %d ms, %d requests a message', (delayMs, meanMs, requests, maxMs) => {
    const { latency, requestsPerMessage } = longPolling(at('periodic', 4, delayMs))
    expect(latency.meanUs / MS).toBe(meanMs)
    expect(requestsPerMessage).toBeCloseTo(requests, 3)
    expect(latency.maxUs / MS).toBe(maxMs)
  })

  test('a loop of exactly 8/5 periods that began at a message stays in step: 375 ms, and 390 for a start 15 ms later', () => {
    const locked = (firstRequestUs: number) =>
      periodicLoop({ periodUs: 250e3, turnaroundUs: 400e3, holdUs: 30e6, toClientUs: 200e3, firstRequestUs, messages: 800 })
    expect(locked(0).latency.meanUs).toBeCloseTo(375e3, -3)
    expect(locked(15e3).latency.meanUs).toBeCloseTo(390e3, -3)
    expect(locked(49e3).latency.meanUs).toBeCloseTo(424e3, -3)
    expect(locked(0).requestsPerMessage).toBeCloseTo(0.625, 2)
  })

  test('a fraction of a millisecond to ask again leads the loop through all phases: 400 ms, 260 ms', () => {
    for (const [delayMs, meanMs] of [
      [200, 400],
      [130, 260],
    ] as const) {
      const thinkUs = 137
      const { latency, requestsPerMessage, stalenessMeanUs } = periodicLoop({
        periodUs: 250e3,
        turnaroundUs: 2 * delayMs * MS + thinkUs,
        holdUs: 30e6,
        toClientUs: delayMs * MS,
      })
      expect(latency.meanUs / MS).toBeCloseTo(meanMs, 0)
      const expected = longPolling({ ...at('periodic', 4, delayMs), thinkUs })
      for (const percentile of [10, 50, 90, 99, 100])
        expect(latency.percentileUs(percentile) / expected.latency.percentileUs(percentile)).toBeCloseTo(1, 2)
      expect(requestsPerMessage).toBeCloseTo(expected.requestsPerMessage, 3)
      expect(stalenessMeanUs / expected.stalenessMeanUs).toBeCloseTo(1, 2)
    }
  })

  test('the loop followed here is the loop simulated', () => {
    for (const [delayMs, thinkUs, holdUs] of [
      [120, 0, 30e6],
      [130, 400, 30e6],
      [190, 1_000, 30e6],
      [20, 0, 60e3],
    ] as const) {
      const polled = { ...at('periodic', 4, delayMs, holdUs), thinkUs }
      const simulated = simulateLongPolling(polled, { messages: 5_000, seed: 1 })
      const expected = longPolling(polled)
      expect(simulated.latency.meanUs / expected.latency.meanUs).toBeCloseTo(1, 2)
      expect(simulated.requestsPerMessage / expected.requestsPerMessage).toBeCloseTo(1, 2)
      expect(simulated.emptyShare).toBeCloseTo(expected.emptyShare, 2)
      expect(simulated.stalenessMeanUs / expected.stalenessMeanUs).toBeCloseTo(1, 2)
    }
  })
})
