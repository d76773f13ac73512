import { createSchedule } from '../feed/schedule.js'
import type { SelftestComparison } from '../model/selftest.js'
import type { LongPollingCase } from '../theory/long-polling.js'
import { scheduledLoop } from '../theory/scheduled-loop.js'
import { type Check, type Site, together } from './check.js'
import { compare, exactly } from './compare.js'
import { delaysOf, networkOf } from './links.js'
import { type Measured, measured, OVERHEAD_US, sideBySide } from './trials.js'

const CLIENTS = 10
const MEASURE_US = 12e6
const HOLD_US = 30e6

interface Case {
  arrival: LongPollingCase['arrival']
  ratePerSec: number
  roundTripUs: number
}

const CASES: readonly Case[] = [
  { arrival: 'poisson', ratePerSec: 4, roundTripUs: 100e3 },
  { arrival: 'poisson', ratePerSec: 10, roundTripUs: 100e3 },
  { arrival: 'poisson', ratePerSec: 50, roundTripUs: 100e3 },
  { arrival: 'poisson', ratePerSec: 20, roundTripUs: 0 },
]
const MORE_CASES: readonly Case[] = [
  { arrival: 'poisson', ratePerSec: 4, roundTripUs: 250e3 },
  { arrival: 'poisson', ratePerSec: 20, roundTripUs: 50e3 },
  { arrival: 'periodic', ratePerSec: 10, roundTripUs: 150e3 },
]
const MEAN = { below: { share: 0.03, absolute: 1e3 }, above: { share: 0.06, absolute: 12e3 } }
const REQUESTS = { below: { share: 0.07 }, above: { share: 0.03 } }

/** Long polling at several rates and delays: from one transit when messages are rare to two when they are frequent. */
export const longPollingCheck: Check = {
  name: 'long-polling',
  meaning:
    'latencies and request counts of long polling are wrong: it does not ask again at once, or answers wait where they should not',
  expectedUs: (thorough) => (OVERHEAD_US + MEASURE_US + 3e6) * (thorough ? 2 : 1),
  async run(site) {
    const first = together(await sideBySide(CASES, (each) => caseOf(site, each)))
    if (!site.thorough) return first
    return together([first, ...(await sideBySide(MORE_CASES, (each) => caseOf(site, each)))])
  },
}

function caseOf(site: Site, each: Case) {
  const { arrival, ratePerSec, roundTripUs } = each
  const what = `${arrival} ${ratePerSec}/s${roundTripUs === 0 ? '' : `, ${roundTripUs / 1e3} ms away`}`
  const scenario = longPollingScenario({ arrival, ratePerSec, roundTripUs, clients: CLIENTS, measureUs: MEASURE_US })
  return measured(site, what, { scenario }, (found) => comparisonsOf(what, found))
}

/**
 * All clients see the same few hundred messages at the same moments, so that a feed has a mean of its own, some percent from the law's. So the loop is followed over the very messages
 * that were published, which come from the plan: what is left is what feedbench and the machine add.
 */
function comparisonsOf(what: string, { planned, trial }: Measured): SelftestComparison[] {
  const { latencyUs, requests, messages } = trial
  const [window] = planned.windows
  if (window === undefined) throw new Error('a trial without a window')
  const schedule = createSchedule(planned.feed, null)
  const count = schedule.countBefore(window.endOffsetUs)
  const model = scheduledLoop({
    dueUs: Array.from({ length: count }, (_, index) => schedule.offsetUs(index + 1)),
    ...delaysOf(trial),
    holdUs: HOLD_US,
    window: { startUs: window.startOffsetUs, endUs: window.endOffsetUs },
  })
  return [
    compare(`mean, ${what}`, 'us', latencyUs.mean, model.meanUs ?? 0, MEAN),
    compare(`requests per message, ${what}`, 'ratio', requests.perMessage, model.requestsPerMessage ?? 0, REQUESTS),
    exactly(`missing, ${what}`, 'count', messages.missing, 0),
  ]
}

export function longPollingScenario({
  arrival,
  ratePerSec,
  roundTripUs,
  clients,
  measureUs,
}: {
  arrival: LongPollingCase['arrival']
  ratePerSec: number
  roundTripUs: number
  clients: number
  measureUs: number
}): { transports: [unknown]; [key: string]: unknown } {
  return {
    feed: { rate: `${ratePerSec}/s`, arrival, payload: '200B' },
    clients,
    transports: [{ 'long-polling': { hold: `${HOLD_US}us` } }],
    phases: { warmup: '1s', measure: `${measureUs}us`, drain: '3s' },
    ...networkOf(roundTripUs),
  }
}
