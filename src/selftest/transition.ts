import { longPolling } from '../theory/long-polling.js'
import { type Check, together } from './check.js'
import { compare } from './compare.js'
import { delaysOf } from './links.js'
import { longPollingScenario } from './long-polling.js'
import { measured, OVERHEAD_US, sideBySide } from './trials.js'

const RATE_PER_SEC = 4
const PERIOD_US = 1e6 / RATE_PER_SEC
const CLIENTS = 10
/**
 * Above the transition the loop gains G - P on the feed with each answer, and comes to the same place again after G P/(G - P): 3.4 s for 270 ms. The window holds
 * four such rounds.
 */
const MEASURE_US = 13e6
const ROUND_TRIPS_US = [230e3, 270e3]
const BELOW = { mean: { below: { share: 0.02 }, above: { share: 0.04, absolute: 10e3 } } }
const ABOVE = { mean: { below: { share: 0.1 }, above: { share: 0.1 } } }
const REQUESTS = { below: { share: 0.035 }, above: { share: 0.025 } }
const MAX = { below: { share: 0.05 }, above: { share: 0.1 } }

/** Long polling of a periodic feed just below and just above RTT = P: one transit and a request a message, or twice that and fewer. */
export const transitionCheck: Check = {
  name: 'transition',
  meaning:
    'long polling is not modelled where it matters most: it adds round trips of its own, or has its requests wait for each other',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 3e6,
  async run(site) {
    const findings = await sideBySide(ROUND_TRIPS_US, (roundTripUs) => {
      const what = `RTT ${roundTripUs < PERIOD_US ? 'below' : 'above'} P (${roundTripUs / 1e3} and ${PERIOD_US / 1e3} ms)`
      const load = {
        arrival: 'periodic',
        ratePerSec: RATE_PER_SEC,
        roundTripUs,
        clients: CLIENTS,
        measureUs: MEASURE_US,
      } as const
      return measured(site, what, { scenario: longPollingScenario(load) }, ({ trial }) => {
        const model = longPolling({ arrival: 'periodic', ratePerSec: RATE_PER_SEC, holdUs: 30e6, ...delaysOf(trial) })
        const isBelow = roundTripUs < PERIOD_US
        const { latencyUs, requests } = trial
        return [
          compare(`mean, ${what}`, 'us', latencyUs.mean, model.latency.meanUs, (isBelow ? BELOW : ABOVE).mean),
          compare(`requests per message, ${what}`, 'ratio', requests.perMessage, model.requestsPerMessage, REQUESTS),
          ...(isBelow ? [] : [compare(`max, ${what}`, 'us', latencyUs.max, model.latency.maxUs, MAX)]),
        ]
      })
    })
    return together(findings)
  },
}
