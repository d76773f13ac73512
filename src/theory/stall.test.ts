import { expect, test } from 'vitest'
import { stratifiedPhases } from '../driver/phases.js'
import { ofValues } from './latency.js'
import { stalledPolling, stalledPush } from './stall.js'

test('a stall of 1 s in 10 s: p99 900 ms for push, 1.326 s for polls every 700 ms', () => {
  const stall = { stallUs: 1e6, windowUs: 10e6 }
  expect(stalledPush(stall).percentileUs(99)).toBeCloseTo(900e3, 3)
  expect(stalledPush(stall, 20e3).percentileUs(50)).toBe(20e3)
  expect(stalledPush(stall).meanUs).toBe(50e3)
  expect(stalledPolling(stall, 700e3).percentileUs(99)).toBeCloseTo(1e6 + 700e3 - Math.sqrt(0.02 * 0.7 * 10) * 1e6, 0)
  expect(stalledPolling(stall, 700e3).percentileUs(99) / 1e6).toBeCloseTo(1.326, 3)
})

test.each([
  ['shorter than the stall', 700e3],
  ['as long as the stall', 1e6],
  ['longer than the stall', 2.5e6],
])('as simulated: polls at an interval %s', (_name, intervalUs) => {
  const [stallUs, windowUs, startUs, clients] = [1e6, 20e6, 7.3e6, 100]
  const latencies: number[] = []
  for (const phase of stratifiedPhases(clients, 5)) {
    // From a cursor before the window to one behind it: what is due at the borders is polled too.
    let answeredUs = Number.NEGATIVE_INFINITY
    let cursorUs = 0
    for (let tick = 0; cursorUs < windowUs; tick++) {
      const dueUs = (phase + tick) * intervalUs
      if (dueUs <= answeredUs) continue
      const isCaught = dueUs >= startUs && dueUs < startUs + stallUs
      answeredUs = isCaught ? startUs + stallUs : dueUs
      for (; cursorUs <= answeredUs && cursorUs < windowUs; cursorUs += 2_000) latencies.push(answeredUs - cursorUs)
    }
  }
  const simulated = ofValues(latencies)
  const expected = stalledPolling({ stallUs, windowUs }, intervalUs)
  expect(simulated.meanUs / expected.meanUs).toBeCloseTo(1, 2)
  for (const percentile of [25, 50, 90, 95, 99, 99.9])
    expect(simulated.percentileUs(percentile) / expected.percentileUs(percentile), `p${percentile}`).toBeCloseTo(1, 2)
})
