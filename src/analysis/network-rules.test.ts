import { describe, expect, it } from 'vitest'
import type { NetworkTier } from '../model/network.js'
import type { NetworkReport } from '../model/trial.js'
import { buildDistribution } from '../testing/builders.js'
import { buildLink } from '../testing/links.js'
import { buildEvidence } from '../testing/shards.js'
import { judge } from './verdict.js'

function verdictOf(parts: { utilization?: number; lateUs?: number; tailUs?: number; rttUs?: number; tier?: NetworkTier }) {
  const { utilization = 0.1, lateUs = 100, tailUs = 200, rttUs = 40_000, tier = 'relay' } = parts
  const network: NetworkReport = {
    ...buildLink({ rttUs, tier }),
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
    loss: null,
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
  return { verdict: [status, ...reasons.map(({ code }) => code)], messages: reasons.map(({ message }) => message) }
}

describe('a link', () => {
  it('is believed while its relays have time and are on time', () => {
    expect(verdictOf({}).verdict).toEqual(['valid'])
    expect(verdictOf({ lateUs: 500, tailUs: 5_000 }).verdict).toEqual(['valid'])
  })

  it.each([
    [0.86, 'degraded'],
    [0.98, 'invalid'],
  ])('whose busiest relay is busy for %d of the window makes a trial %s', (utilization, status) => {
    expect(verdictOf({ utilization }).verdict).toEqual([status, 'RELAY_BUSY'])
  })

  it.each([
    [{ lateUs: 501 }, 'degraded'],
    [{ lateUs: 2_100 }, 'invalid'],
    [{ tailUs: 5_100 }, 'degraded'],
    [{ lateUs: 2_100, rttUs: 400_000 }, 'valid'],
    [{ lateUs: 4_100, rttUs: 400_000 }, 'degraded'],
  ])('that is late by %j makes a trial %s', (late, status) => {
    expect(verdictOf(late).verdict).toEqual(status === 'valid' ? ['valid'] : [status, 'RELAY_LATE'])
  })

  it('says who was late', () => {
    expect(verdictOf({ lateUs: 600 }).messages[0]).toMatch(/^the relay wrote 0.6 ms later/)
    expect(verdictOf({ lateUs: 600, tier: 'netem' }).messages[0]).toMatch(/^the kernel's link took 0.6 ms longer/)
  })
})
