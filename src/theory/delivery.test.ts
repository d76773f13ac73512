import { expect, test } from 'vitest'
import { acknowledgedRatePerSec, halfOpenDetectionUs, lostWithCursor, lostWithoutCursor, TCP_GIVES_UP_US } from './delivery.js'
import { overloadWaitUs, push, pushStalenessUs, saturatedCycleUs } from './push.js'

test('a peer that has vanished is noticed after U[W, W + I]; Socket.IO 20 to 45 s, Centrifugo 8 to 33 s', () => {
  expect(halfOpenDetectionUs({ pingUs: 25e6, waitUs: 20e6 })).toEqual({ leastUs: 20e6, meanUs: 32.5e6, mostUs: 45e6 })
  expect(halfOpenDetectionUs({ pingUs: 25e6, waitUs: 8e6 })).toEqual({ leastUs: 8e6, meanUs: 20.5e6, mostUs: 33e6 })
  expect(TCP_GIVES_UP_US).toEqual({ withDataUs: 925e6, idleUs: 7_875e6 })
  // 7200 s, and 9 probes of 75 s.
  expect(7_200 + 9 * 75).toBe(7_875)
})

test('what is lost: all of the outage without a cursor, what has left the buffer with one', () => {
  expect(lostWithoutCursor({ ratePerSec: 5, detectionUs: 20e6, reconnectUs: 1e6 })).toBe(105)
  expect(lostWithCursor({ ratePerSec: 5, outageUs: 21e6, bufferMessages: 100 })).toBe(5)
  expect(lostWithCursor({ ratePerSec: 5, outageUs: 21e6, bufferMessages: 106 })).toBe(0)
})

test('acknowledgements allow min(lambda, W/RTT); stop and wait one a round trip', () => {
  expect(acknowledgedRatePerSec({ ratePerSec: 50, roundTripUs: 100e3, window: 1 })).toBe(10)
  expect(acknowledgedRatePerSec({ ratePerSec: 50, roundTripUs: 100e3, window: 8 })).toBe(50)
})

test('push: d and U[0, N c]; above lambda N c = 1 latency grows by t (lambda N c - 1)', () => {
  const { meanUs, maxUs, percentileUs } = push({ toClientUs: 20e3, clients: 1_000, cpuUsPerDelivery: 8.5 })
  expect([meanUs, maxUs, percentileUs(50)]).toEqual([24_250, 28_500, 24_250])
  expect(push({ toClientUs: 20e3 }).percentileUs(99)).toBe(20e3)
  const load = { ratePerSec: 200, clients: 500, cpuUsPerDelivery: 12 }
  expect(overloadWaitUs(25e6, load)).toBeCloseTo(25e6 * 0.2, 3)
  expect(overloadWaitUs(25e6, { ...load, clients: 400 })).toBe(0)
  expect(pushStalenessUs('poisson', 5, 20e3)).toBe(220e3)
  expect(pushStalenessUs('periodic', 5, 20e3)).toBe(120e3)
})

test('long polling on a busy processor: a cycle of N c_req / (1 - lambda N c_msg)', () => {
  const load = { ratePerSec: 100, clients: 500, cpuUsPerRequest: 60, cpuUsPerMessage: 10 }
  expect(saturatedCycleUs(load)).toBe(60e3)
  expect(saturatedCycleUs({ ...load, clients: 1_000 })).toBe(Number.POSITIVE_INFINITY)
})
