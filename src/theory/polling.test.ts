import { expect, test } from 'vitest'
import { simulatePolling } from '../testing/simulated-polls.js'
import { meanMessages } from './answers.js'
import { type PollingCase, polling } from './polling.js'

const CASE: PollingCase = {
  arrival: 'poisson',
  ratePerSec: 5,
  intervalUs: 400e3,
  toServerUs: 10e3,
  toClientUs: 50e3,
  latestOnly: false,
}

test('latency is the way to the client and U[0, T): mean d + T/2, p99 d + 0.99 T, whatever the feed and the way to the server', () => {
  for (const arrival of ['poisson', 'periodic'] as const) {
    for (const toServerUs of [0, 10e3, 90e3]) {
      const { latency } = polling({ ...CASE, arrival, toServerUs })
      expect(latency.meanUs).toBe(250e3)
      expect(latency.percentileUs(50)).toBe(250e3)
      expect(latency.percentileUs(99)).toBeCloseTo(446e3, 6)
      expect(latency.percentileUs(100)).toBe(latency.maxUs)
      expect(latency.maxUs).toBe(450e3)
    }
  }
})

test('requests, empty answers, delivered share and age for a Poisson feed', () => {
  const { requestsPerMessage, emptyShare, stalenessMeanUs, answers } = polling(CASE)
  // lambda T = 2.
  expect(requestsPerMessage).toBe(0.5)
  expect(emptyShare).toBeCloseTo(Math.exp(-2), 10)
  expect(stalenessMeanUs).toBe(50e3 + 200e3 + 200e3)
  expect(meanMessages(answers)).toBeCloseTo(2, 9)
  expect(polling({ ...CASE, latestOnly: true }).deliveredShare).toBeCloseTo((1 - Math.exp(-2)) / 2, 10)
})

test("Bozdag's grid: delivered share min(1, P/T), redundant polls max(0, 1 - T/P)", () => {
  const periodic = (periodS: number, intervalS: number) =>
    polling({ ...CASE, arrival: 'periodic', ratePerSec: 1 / periodS, intervalUs: intervalS * 1e6, latestOnly: true })
  for (const [periodS, intervalS, share] of [
    [1, 5, 0.2],
    [1, 15, 1 / 15],
    [5, 15, 1 / 3],
    [5, 50, 0.1],
    [15, 50, 0.3],
    [15, 15, 1],
    [50, 15, 1],
  ] as const) {
    expect(periodic(periodS, intervalS).deliveredShare, `${periodS}, ${intervalS}`).toBeCloseTo(share, 9)
  }
  expect(periodic(50, 15).emptyShare).toBeCloseTo(0.7, 9)
  expect(periodic(50, 1).emptyShare).toBeCloseTo(0.98, 9)
  expect(periodic(5, 5).emptyShare).toBe(0)
  expect(periodic(1, 15).requestsPerMessage).toBeCloseTo(1 / 15, 9)
  expect(periodic(50, 15).stalenessMeanUs).toBeCloseTo(50e3 + 7.5e6 + 25e6, 3)
})

test('ticks that find the poll before still open leave every second, third, ... one', () => {
  const interval = (roundTripUs: number) =>
    1e6 / (polling({ ...CASE, toServerUs: roundTripUs / 2, toClientUs: roundTripUs / 2 }).requestsPerMessage ** -1 / 5) / 1e6
  expect(interval(399e3)).toBeCloseTo(1 / 0.4, 9)
  expect(interval(400e3)).toBeCloseTo(1 / 0.8, 9)
  expect(interval(900e3)).toBeCloseTo(1 / 1.2, 9)
})

test.each<[name: string, part: Partial<PollingCase>]>([
  ['Poisson', {}],
  ['Poisson, newest only', { latestOnly: true }],
  ['periodic, T/P rational', { arrival: 'periodic', ratePerSec: 10 }],
  ['periodic, T/P = 3.7', { arrival: 'periodic', ratePerSec: 9.25 }],
  ['periodic, T < P', { arrival: 'periodic', ratePerSec: 1 }],
  ['periodic, T < P, newest only', { arrival: 'periodic', ratePerSec: 1, latestOnly: true }],
  ['periodic, T > P, newest only', { arrival: 'periodic', ratePerSec: 9.25, latestOnly: true }],
  ['a way longer than the interval', { toServerUs: 300e3, toClientUs: 250e3 }],
])('as simulated: %s', (_name, part) => {
  const polled = { ...CASE, ...part }
  const expected = polling(polled)
  const simulated = simulatePolling(polled, { clients: 60, messages: 3_000, seed: 1 })
  // Of 3,000 messages: the standard error of their number in a time is 1.8 %, and hardly moves a wait.
  expect(simulated.latency.meanUs / expected.latency.meanUs).toBeCloseTo(1, 2)
  for (const percentile of [25, 50, 90, 99]) {
    expect(simulated.latency.percentileUs(percentile) / expected.latency.percentileUs(percentile)).toBeCloseTo(1, 1.5)
  }
  expect(simulated.latency.maxUs).toBeLessThanOrEqual(expected.latency.maxUs + 1)
  expect(simulated.requestsPerMessage / expected.requestsPerMessage).toBeCloseTo(1, 1.4)
  expect(simulated.emptyShare).toBeCloseTo(expected.emptyShare, 1.5)
  expect(simulated.deliveredShare).toBeCloseTo(expected.deliveredShare, 1.5)
  expect(simulated.stalenessMeanUs / expected.stalenessMeanUs).toBeCloseTo(1, 1.4)
})
