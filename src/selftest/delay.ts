import type { Trial } from '../model/trial.js'
import { type Check, type Finding, together } from './check.js'
import { compare, exactly } from './compare.js'
import { networkOf } from './links.js'
import { measured, OVERHEAD_US, sideBySide } from './trials.js'

const MEASURE_US = 3e6
const CLIENTS = 20
const ROUND_TRIPS_US = [0, 4e3, 40e3, 400e3]
/** Of the delay one way: what the relay may be off by, and what a shared machine may add to one of two trials. */
const TOLERANCE = { below: { share: 0.02, absolute: 1.5e3 }, above: { share: 0.03, absolute: 4e3 } }

/** A delay that is injected comes out: how much later messages are over a link than without one. */
export const delayCheck: Check = {
  name: 'delay',
  meaning: 'latencies over emulated links are not those of the links that were asked for',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 2.5e6,
  async run(site) {
    const trials = new Map<number, Trial>()
    const findings = await sideBySide(ROUND_TRIPS_US, (roundTripUs) =>
      measured(site, `${roundTripUs / 1e3} ms away`, { scenario: scenarioOf(roundTripUs) }, ({ trial }) => {
        trials.set(roundTripUs, trial)
        return [exactly(`missing ${roundTripUs / 1e3} ms away`, 'count', trial.messages.missing, 0)]
      }),
    )
    return together([...findings, differences(trials)])
  },
}

function differences(trials: ReadonlyMap<number, Trial>): Finding {
  const floorUs = trials.get(0)?.latencyUs.p50 ?? null
  return {
    comparisons: [...trials]
      .filter(([roundTripUs]) => roundTripUs > 0)
      .map(
        ([
          roundTripUs,
          {
            latencyUs: { p50 },
          },
        ]) => {
          const addedUs = p50 === null || floorUs === null ? null : p50 - floorUs
          return compare(`delay one way, ${roundTripUs / 1e3} ms away`, 'us', addedUs, roundTripUs / 2, TOLERANCE)
        },
      ),
  }
}

function scenarioOf(roundTripUs: number): { transports: [unknown]; [key: string]: unknown } {
  return {
    feed: { rate: '20/s', arrival: 'periodic', payload: '200B' },
    clients: CLIENTS,
    transports: ['websocket'],
    phases: { warmup: '500ms', measure: `${MEASURE_US}us`, drain: '2s' },
    ...networkOf(roundTripUs),
  }
}
