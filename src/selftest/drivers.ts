import type { SelftestComparison } from '../model/selftest.js'
import type { Trial } from '../model/trial.js'
import { polling } from '../theory/polling.js'
import { type Check, together } from './check.js'
import { compare, exactly } from './compare.js'
import { LATER } from './tolerances.js'
import { measured, OVERHEAD_US, sideBySide } from './trials.js'

const CLIENTS = 80
const RATE_PER_SEC = 10
const INTERVAL_US = 300e3
const MEASURE_US = 3e6

/** The same clients in one driver and in two: both are the model's, so that the one may be compared with the other. */
export const driversCheck: Check = {
  name: 'drivers',
  meaning: 'runs with several drivers cannot be compared with runs with one',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 1.5e6,
  async run(site) {
    const findings = await sideBySide([1, 2], (drivers) =>
      measured(
        site,
        `in ${driversOf(drivers)}`,
        {
          scenario: {
            feed: { rate: `${RATE_PER_SEC}/s`, arrival: 'periodic', payload: '200B' },
            clients: CLIENTS,
            transports: [{ polling: { interval: `${INTERVAL_US}us` } }],
            phases: { warmup: '500ms', measure: `${MEASURE_US}us`, drain: '1s' },
          },
          drivers,
        },
        ({ trial }) => comparisonsOf(drivers, trial),
      ),
    )
    return together(findings)
  },
}

function comparisonsOf(drivers: number, { drivers: reports, latencyUs, requests, messages }: Trial): SelftestComparison[] {
  const model = polling({
    arrival: 'periodic',
    ratePerSec: RATE_PER_SEC,
    intervalUs: INTERVAL_US,
    toServerUs: 0,
    toClientUs: 0,
    latestOnly: false,
  })
  const where = `in ${driversOf(drivers)}`
  return [
    exactly(`drivers ${where}`, 'count', reports.length, drivers),
    exactly(`deliveries ${where}`, 'count', messages.delivered, (CLIENTS * RATE_PER_SEC * MEASURE_US) / 1e6),
    exactly(`polls ${where}`, 'count', requests.total + requests.skipped, (CLIENTS * MEASURE_US) / INTERVAL_US),
    compare(`mean ${where}`, 'us', latencyUs.mean, model.latency.meanUs, LATER.mean),
    compare(`p50 ${where}`, 'us', latencyUs.p50, model.latency.percentileUs(50), LATER.p50),
    compare(`p99 ${where}`, 'us', latencyUs.p99, model.latency.percentileUs(99), LATER.p99),
  ]
}

function driversOf(count: number): string {
  return count === 1 ? '1 driver' : `${count} drivers`
}
