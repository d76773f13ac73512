import type { SelftestComparison } from '../model/selftest.js'
import type { Trial } from '../model/trial.js'
import { type PollingCase, polling } from '../theory/polling.js'
import { type Check, together } from './check.js'
import { compare, exactly } from './compare.js'
import { delaysOf, networkOf } from './links.js'
import { AT_THE_ENDS, LATER } from './tolerances.js'
import { measured, OVERHEAD_US, sideBySide } from './trials.js'

const CLIENTS = 80

interface Case {
  arrival: PollingCase['arrival']
  ratePerSec: number
  intervalUs: number
  roundTripUs: number
  latestOnly?: true
}

/** All intervals divide the window, so that every client has the same number of ticks in it, whatever its phase. */
const CASES: readonly Case[] = [
  { arrival: 'periodic', ratePerSec: 10, intervalUs: 300e3, roundTripUs: 0 },
  { arrival: 'periodic', ratePerSec: 4, intervalUs: 100e3, roundTripUs: 0 },
  { arrival: 'poisson', ratePerSec: 20, intervalUs: 500e3, roundTripUs: 0 },
  { arrival: 'poisson', ratePerSec: 10, intervalUs: 600e3, roundTripUs: 200e3 },
  { arrival: 'periodic', ratePerSec: 5, intervalUs: 200e3, roundTripUs: 60e3 },
]
const MORE_CASES: readonly Case[] = [
  { arrival: 'poisson', ratePerSec: 5, intervalUs: 1_000e3, roundTripUs: 0 },
  { arrival: 'periodic', ratePerSec: 10, intervalUs: 500e3, roundTripUs: 0, latestOnly: true },
  { arrival: 'periodic', ratePerSec: 4, intervalUs: 1_000e3, roundTripUs: 20e3 },
  { arrival: 'poisson', ratePerSec: 50, intervalUs: 500e3, roundTripUs: 400e3 },
]
const MEASURE_US = 6e6

/** Polling at several rates, intervals and delays: a message waits for a part of the interval that is evenly spread. */
export const pollingCheck: Check = {
  name: 'polling',
  meaning:
    'latencies and request counts of polling are wrong: polls do not come when they should (phases, periods), or are not counted',
  expectedUs: (thorough) => (OVERHEAD_US + MEASURE_US + 2e6) * (thorough ? 2 : 1),
  async run(site) {
    const first = together(await sideBySide(CASES, (each) => caseOf(site, each)))
    if (!site.thorough) return first
    return together([first, ...(await sideBySide(MORE_CASES, (each) => caseOf(site, each)))])
  },
}

function caseOf(site: Parameters<Check['run']>[0], each: Case) {
  const { arrival, ratePerSec, intervalUs, roundTripUs, latestOnly } = each
  const link = roundTripUs === 0 ? '' : `, ${roundTripUs / 1e3} ms away`
  const what = `${arrival} ${ratePerSec}/s every ${intervalUs / 1e3} ms${latestOnly ? ', newest only' : ''}${link}`
  const options = { interval: `${intervalUs}us`, ...(latestOnly ? { mode: 'latest' } : {}) }
  return measured(
    site,
    what,
    {
      scenario: {
        feed: { rate: `${ratePerSec}/s`, arrival, payload: '200B' },
        clients: CLIENTS,
        transports: [{ polling: options }],
        phases: { warmup: '700ms', measure: `${MEASURE_US}us`, drain: '3s' },
        ...networkOf(roundTripUs),
      },
    },
    ({ trial }) => comparisonsOf(what, each, trial),
  )
}

function comparisonsOf(what: string, each: Case, trial: Trial): SelftestComparison[] {
  const { arrival, intervalUs, latestOnly = false } = each
  const { requests, latencyUs, messages } = trial
  // A Poisson feed has the rate that its window got, not the one that was asked for.
  const ratePerSec = messages.scheduled / (MEASURE_US / 1e6)
  const model = polling({ arrival, ratePerSec, intervalUs, latestOnly, ...delaysOf(trial) })
  const counted = [
    exactly(`polls, ${what}`, 'count', requests.total + requests.skipped, (CLIENTS * MEASURE_US) / intervalUs),
    compare(`requests per message, ${what}`, 'ratio', requests.perMessage, model.requestsPerMessage, AT_THE_ENDS),
  ]
  const shares =
    arrival === 'periodic' && model.emptyShare > 0
      ? [compare(`empty share, ${what}`, 'ratio', requests.empty / requests.total, model.emptyShare, AT_THE_ENDS)]
      : []
  const delivered = latestOnly
    ? [compare(`delivered share, ${what}`, 'ratio', messages.delivered / messages.expected, model.deliveredShare, AT_THE_ENDS)]
    : [exactly(`missing, ${what}`, 'count', messages.missing, 0)]
  return [
    compare(`mean, ${what}`, 'us', latencyUs.mean, model.latency.meanUs, LATER.mean),
    compare(`p50, ${what}`, 'us', latencyUs.p50, model.latency.percentileUs(50), LATER.p50),
    compare(`p99, ${what}`, 'us', latencyUs.p99, model.latency.percentileUs(99), LATER.p99),
    ...counted,
    ...shares,
    ...delivered,
  ]
}
