import type { SelftestComparison } from '../model/selftest.js'
import type { Trial } from '../model/trial.js'
import { type LongPollingCase, longPolling } from '../theory/long-polling.js'
import { type Check, type Site, together } from './check.js'
import { compare, exactly } from './compare.js'
import { delaysOf, networkOf } from './links.js'
import { measured, OVERHEAD_US, sideBySide } from './trials.js'

const CLIENTS = 10
const MEASURE_US = 12e6
const HOLD_US = 30e6

interface Case {
  arrival: LongPollingCase['arrival']
  ratePerSec: number
  roundTripUs: number
  seed: number
}

/**
 * All clients see the same few hundred messages at the same moments, so that a Poisson feed has a mean of its own, some percent from the law's. The seeds are those of feeds
 * for which the loop, followed message by message, has the law's mean and request count within 1.2 %: what is left is what feedbench and the machine add.
 */
const CASES: readonly Case[] = [
  { arrival: 'poisson', ratePerSec: 4, roundTripUs: 100e3, seed: 1757 },
  { arrival: 'poisson', ratePerSec: 10, roundTripUs: 100e3, seed: 82 },
  { arrival: 'poisson', ratePerSec: 50, roundTripUs: 100e3, seed: 1 },
  { arrival: 'poisson', ratePerSec: 20, roundTripUs: 0, seed: 1 },
]
const MORE_CASES: readonly Case[] = [
  { arrival: 'poisson', ratePerSec: 4, roundTripUs: 250e3, seed: 265 },
  { arrival: 'poisson', ratePerSec: 20, roundTripUs: 50e3, seed: 383 },
  { arrival: 'periodic', ratePerSec: 10, roundTripUs: 150e3, seed: 1 },
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
  const { arrival, ratePerSec, roundTripUs, seed } = each
  const what = `${arrival} ${ratePerSec}/s${roundTripUs === 0 ? '' : `, ${roundTripUs / 1e3} ms away`}`
  const scenario = longPollingScenario({ arrival, ratePerSec, roundTripUs, clients: CLIENTS, measureUs: MEASURE_US })
  return measured(site, what, { scenario, seed }, ({ trial }) => comparisonsOf(what, arrival, trial))
}

function comparisonsOf(what: string, arrival: LongPollingCase['arrival'], trial: Trial): SelftestComparison[] {
  const { latencyUs, requests, messages } = trial
  const ratePerSec = messages.scheduled / (MEASURE_US / 1e6)
  const model = longPolling({ arrival, ratePerSec, holdUs: HOLD_US, ...delaysOf(trial) })
  return [
    compare(`mean, ${what}`, 'us', latencyUs.mean, model.latency.meanUs, MEAN),
    compare(`requests per message, ${what}`, 'ratio', requests.perMessage, model.requestsPerMessage, REQUESTS),
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
