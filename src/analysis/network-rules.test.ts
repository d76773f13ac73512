import { describe, expect, it } from 'vitest'
import type { NetworkReport } from '../model/trial.js'
import { buildDistribution } from '../testing/builders.js'
import { buildEvidence } from '../testing/shards.js'
import { judge } from './verdict.js'

function verdictOf(parts: { utilization?: number; lateUs?: number; tailUs?: number; rttUs?: number }) {
  const { utilization = 0.1, lateUs = 100, tailUs = 200, rttUs = 40_000 } = parts
  const network: NetworkReport = {
    tier: 'relay',
    rttUs,
    jitterUs: 0,
    bandwidthBytesPerSec: null,
    events: [],
    toServer: { delayUs: buildDistribution(rttUs / 2) },
    toClient: { delayUs: buildDistribution(rttUs / 2) },
    latenessUs: { ...buildDistribution(lateUs), p50: lateUs, p90: lateUs, p99: tailUs },
    relays: [0.05, utilization].map((eventLoopUtilization, index) => ({
      relay: index + 1,
      connections: 10,
      cpuUs: 1_000,
      eventLoopUtilization,
      maxBufferedBytes: 0,
    })),
    cannotShow: [],
  }
  const messages = { scheduled: 400, published: 400, expected: 80_000, delivered: 80_000 }
  const { status, reasons } = judge(
    buildEvidence(
      (trial) => ({
        network,
        messages: { ...trial.messages, ...messages },
        latencyUs: { ...trial.latencyUs, count: 80_000 },
      }),
      { server: { published: 400, firstPosition: 1, lastPosition: 400 } },
    ),
  )
  return [status, ...reasons.map(({ code }) => code)]
}

describe('a link', () => {
  it('is believed while its relays have time and are on time', () => {
    expect(verdictOf({})).toEqual(['valid'])
    expect(verdictOf({ lateUs: 500, tailUs: 5_000 })).toEqual(['valid'])
  })

  it.each([
    [0.86, 'degraded'],
    [0.98, 'invalid'],
  ])('whose busiest relay is busy for %d of the window makes a trial %s', (utilization, status) => {
    expect(verdictOf({ utilization })).toEqual([status, 'RELAY_BUSY'])
  })

  it.each([
    [{ lateUs: 501 }, 'degraded'],
    [{ lateUs: 2_100 }, 'invalid'],
    [{ tailUs: 5_100 }, 'degraded'],
    [{ lateUs: 2_100, rttUs: 400_000 }, 'valid'],
    [{ lateUs: 4_100, rttUs: 400_000 }, 'degraded'],
  ])('that is late by %j makes a trial %s', (late, status) => {
    expect(verdictOf(late)).toEqual(status === 'valid' ? ['valid'] : [status, 'RELAY_LATE'])
  })
})
