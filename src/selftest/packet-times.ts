import { type Clock, wallClockUs } from '../measure/clock.js'
import { Histogram } from '../measure/histogram.js'
import type { SelftestComparison } from '../model/selftest.js'
import type { Check, Site } from './check.js'
import { compare, exactly } from './compare.js'
import type { Packet } from './pcap.js'
import { capture, whyNoCapture } from './tcpdump.js'
import { type Attempt, doubtIn, type Measured, OVERHEAD_US, persistently, trialOf } from './trials.js'

const CLIENTS = 100
const RATE_PER_SEC = 20
const MEASURE_US = 4e6
/** The head of a message: when it was due. */
const MESSAGE = /\{"seq":\d+,"t":(\d+),"p":\d+,/g
/** A driver that is woken late is late; nothing is received before its packet. */
const TOLERANCE = {
  p50: { below: { share: 0.05, absolute: 300 }, above: { share: 0.5, absolute: 3e3 } },
  p90: { below: { share: 0.05, absolute: 300 }, above: { share: 0.5, absolute: 8e3 } },
}
const TRIES = 7

/** Latencies as reported against the times at which the kernel carried the packets. */
export const packetTimesCheck: Check = {
  name: 'packet-times',
  meaning: 'latencies are not those of the packets: the load generator adds its own time to them, or takes some away',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 2.5e6,
  async run(site) {
    const skipped = await whyNoCapture()
    if (skipped !== null) return { comparisons: [], skipped }
    return persistently('packets', () => once(site))
  },
}

async function once(site: Site): Promise<Attempt> {
  const tcp = await capture('tcp')
  try {
    const offsetUs = wallOffsetUs(site.clock)
    const found = await trialOf(site, {
      scenario: {
        feed: { rate: `${RATE_PER_SEC}/s`, arrival: 'poisson', payload: '200B' },
        clients: CLIENTS,
        transports: ['websocket'],
        phases: { warmup: '500ms', measure: `${MEASURE_US}us`, drain: '2s' },
      },
    })
    const { packets, dropped } = await tcp.stop()
    if (dropped !== 0) return { comparisons: [], doubt: `tcpdump dropped ${dropped} packets` }
    return { comparisons: comparisonsOf(found, packets, offsetUs), doubt: doubtIn(found.trial) }
  } catch (error) {
    tcp.kill()
    throw error
  }
}

function comparisonsOf({ trial, fleet }: Measured, packets: readonly Packet[], offsetUs: number): SelftestComparison[] {
  const [window] = trial.windows
  const truth = new Histogram()
  for (const { sourcePort, wallUs, payload } of packets) {
    if (sourcePort !== fleet.serverPort) continue
    for (const [, intended] of payload.toString('latin1').matchAll(MESSAGE)) {
      const intendedUs = Number(intended)
      if (window !== undefined && intendedUs >= window.startUs && intendedUs < window.endUs)
        truth.record(wallUs - offsetUs - intendedUs)
    }
  }
  const { latencyUs } = trial
  return [
    exactly('messages in packets', 'count', latencyUs.count, truth.count),
    compare('p50', 'us', latencyUs.p50, truth.percentile(50), TOLERANCE.p50),
    compare('p90', 'us', latencyUs.p90, truth.percentile(90), TOLERANCE.p90),
  ]
}

/**
 * The wall clock of the packets less the monotonic clock of the results. The wall clock is told in milliseconds, so that it is read where it steps; who is interrupted
 * there reads the other too late, which makes the difference too small: the greatest of several is right.
 */
function wallOffsetUs(clock: Clock): number {
  let greatest = Number.NEGATIVE_INFINITY
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const beforeUs = wallClockUs()
    let wallUs = beforeUs
    while (wallUs === beforeUs) wallUs = wallClockUs()
    greatest = Math.max(greatest, wallUs - clock.nowUs())
  }
  return greatest
}
