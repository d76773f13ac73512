import { setTimeout as sleep } from 'node:timers/promises'
import type { Trial } from '../model/trial.js'
import type { ReasonCode } from '../model/verdict.js'
import { builtInTransports } from '../transports/registry.js'
import { type Check, together } from './check.js'
import { atLeast, exactly } from './compare.js'
import { stopped } from './signals.js'
import { measured, OVERHEAD_US, sideBySide, trialOf } from './trials.js'

const MEASURE_US = 2e6
const FROZEN_MS = 60
const RUNNING_MS = 40
const TRANSPORTS = builtInTransports.map(({ name }) => name)
/** What a verdict says of a driver that had no processor. */
const STARVED: readonly ReasonCode[] = ['DRIVER_FROZEN', 'DRIVER_LATE', 'DRIVER_LAG', 'DRIVER_BUSY']

function scenarioOf(transport: string) {
  return {
    feed: { rate: '50/s', arrival: 'periodic', payload: '200B' },
    clients: 20,
    transports: [transport === 'polling' ? { polling: { interval: '100ms' } } : transport] as [unknown],
    phases: { warmup: '500ms', measure: `${MEASURE_US}us`, drain: '3s' },
  }
}

/** A driver that stands still for 60 ms of each 100 makes its trial invalid, whatever the transport. */
export const starvedDriverCheck: Check = {
  name: 'starved-driver',
  meaning: 'a load generator that cannot keep up goes unnoticed: what it adds to latencies is put down to the server',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 1.5e6,
  async run(site) {
    const findings = await sideBySide(TRANSPORTS, async (transport) => {
      const { trial } = await trialOf(site, {
        scenario: scenarioOf(transport),
        async disturb(fleet, signal) {
          const endUs = site.clock.nowUs() + MEASURE_US
          while (site.clock.nowUs() < endUs) {
            await stopped(fleet.pidsOf('driver'), FROZEN_MS, site.clock, signal)
            await sleep(RUNNING_MS, undefined, { signal })
          }
        },
      })
      return { comparisons: [atLeast(`reasons against a frozen driver, ${transport}`, 'count', reasonsAgainstDriver(trial), 1)] }
    })
    return together(findings)
  },
}

/** One that is left alone is believed, and nothing reaches it before it was sent: its clock is the server's. */
export const healthyDriverCheck: Check = {
  name: 'healthy-driver',
  meaning: 'verdicts are given without cause, or processes do not share a clock: trials that are right are called wrong',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 0.5e6,
  async run(site) {
    const findings = await sideBySide(['polling', 'websocket'], (transport) =>
      measured(site, transport, { scenario: scenarioOf(transport) }, ({ trial }) => [
        exactly(`reasons against a healthy driver, ${transport}`, 'count', reasonsAgainstDriver(trial), 0),
        exactly(`received before it was sent, ${transport}`, 'count', trial.driver.negatives, 0),
      ]),
    )
    return together(findings)
  },
}

/** Those that make a trial invalid. */
function reasonsAgainstDriver({ verdict }: Trial): number {
  return verdict.reasons.filter(({ code, severity }) => severity === 'invalid' && STARVED.includes(code)).length
}
