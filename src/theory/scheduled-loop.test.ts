import { describe, expect, it } from 'vitest'
import { seededRandom } from '../feed/random.js'
import { createSchedule } from '../feed/schedule.js'
import { longPolling } from './long-polling.js'
import { periodicLoop } from './long-polling-loop.js'
import { scheduledLoop } from './scheduled-loop.js'

const link = { toServerUs: 50e3, toClientUs: 50e3, holdUs: 30e6 }
const always = { startUs: 0, endUs: Number.POSITIVE_INFINITY }

function poisson(ratePerSec: number, seed: number, messages: number): number[] {
  const schedule = createSchedule({ arrival: 'poisson', ratePerSec, payloadBytes: 200, burst: null, trace: null, seed }, null)
  return Array.from({ length: messages }, (_, index) => schedule.offsetUs(index + 1))
}

describe('a loop over given messages', () => {
  it('is followed by hand', () => {
    // Waited for; published while the client asks again, twice; long after; and the end of a hold without anything.
    const dueUs = [10, 20, 25, 500, 2_000]
    const loop = { dueUs, toServerUs: 30, toClientUs: 40, holdUs: 1_000 }
    // Answers leave at 10, 80, 500, 1570 (empty) and 2000: waits of 0, 60, 55, 0 and 0.
    expect(scheduledLoop({ ...loop, window: always })).toEqual({ meanUs: 40 + 115 / 5, requestsPerMessage: 1 })
    // Sent at 50, 120, 540, 1610 and 2040.
    const part = scheduledLoop({ ...loop, window: { startUs: 20, endUs: 540 } })
    expect(part.meanUs).toBeCloseTo(40 + 115 / 3, 9)
    expect(part.requestsPerMessage).toBeCloseTo(2 / 3, 9)
    expect(scheduledLoop({ ...loop, window: { startUs: 600, endUs: 700 } })).toEqual({ meanUs: null, requestsPerMessage: null })
  })

  it.each([4, 10, 50])('comes to the law of Poisson feeds over many messages, at %d/s', (ratePerSec) => {
    const law = longPolling({ arrival: 'poisson', ratePerSec, ...link })
    const { meanUs, requestsPerMessage } = scheduledLoop({ dueUs: poisson(ratePerSec, 5, 100_000), ...link, window: always })
    expect(Math.abs((meanUs ?? 0) / law.latency.meanUs - 1)).toBeLessThan(0.01)
    expect(Math.abs((requestsPerMessage ?? 0) / law.requestsPerMessage - 1)).toBeLessThan(0.01)
  })

  it('is off the law by more than a check allows over the messages of one window, for which it is there', () => {
    const law = longPolling({ arrival: 'poisson', ratePerSec: 4, ...link })
    const off = Array.from({ length: 20 }, (_, seed) => {
      const { meanUs } = scheduledLoop({ dueUs: poisson(4, seed + 1, 48), ...link, window: always })
      return Math.abs((meanUs ?? 0) / law.latency.meanUs - 1)
    })
    expect(Math.max(...off)).toBeGreaterThan(0.1)
  })

  it('is the loop of a periodic feed where messages are regular', () => {
    const random = seededRandom(1)
    for (const ratePerSec of [3, 7, 9.7, 23]) {
      const periodUs = 1e6 / ratePerSec
      const toClientUs = Math.abs(random.next()) % 60_000
      const regular = Array.from({ length: 5_000 }, (_, index) => index * periodUs)
      const { meanUs } = scheduledLoop({ ...link, dueUs: regular, toClientUs, window: always })
      const turnaroundUs = toClientUs + link.toServerUs
      const loop = periodicLoop({ periodUs, turnaroundUs, holdUs: link.holdUs, toClientUs, messages: 5_000 })
      // Where the followed messages end differs by an answer.
      expect(Math.abs((meanUs ?? 0) / loop.latency.meanUs - 1)).toBeLessThan(0.001)
    }
  })
})
