import { setTimeout as sleep } from 'node:timers/promises'
import { stalledPolling, stalledPush } from '../theory/stall.js'
import { builtInTransports } from '../transports/registry.js'
import { type Check, together } from './check.js'
import { compare, exactly } from './compare.js'
import { stopped } from './signals.js'
import { measured, OVERHEAD_US, sideBySide } from './trials.js'

const STALL_MS = 600
const BEFORE_MS = 2_000
const MEASURE_US = 6e6
const INTERVAL_US = 300e3
/** So many that a p99 means something: 600 messages. */
const RATE_PER_SEC = 100
const CLIENTS = 20
/** Of the p99. Below lies what leaves out messages of the stall; above, what the server needs to catch up. */
const TOLERANCE = { below: { share: 0.04 }, above: { share: 0.06, absolute: 30e3 } }

/** The server is stopped for a part of the window, and the feed's schedule is not: every message that was due meanwhile is late by its part of the stall. */
export const stallCheck: Check = {
  name: 'stall',
  meaning: 'a server that stalls looks faster than it is: its stall is left out of the latencies (coordinated omission)',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 2.5e6,
  async run(site) {
    const findings = await sideBySide(
      builtInTransports.map(({ name }) => name),
      (transport) => {
        let stallUs = Number.NaN
        return measured(
          site,
          transport,
          {
            scenario: {
              feed: { rate: `${RATE_PER_SEC}/s`, arrival: 'periodic', payload: '200B' },
              clients: CLIENTS,
              transports: [transport === 'polling' ? { polling: { interval: `${INTERVAL_US}us` } } : transport],
              phases: { warmup: '500ms', measure: `${MEASURE_US}us`, drain: '3s' },
            },
            async disturb(fleet, signal) {
              await sleep(BEFORE_MS, undefined, { signal })
              stallUs = await stopped(fleet.pidsOf('server'), STALL_MS, site.clock, signal)
            },
          },
          ({ trial: { latencyUs, messages } }) => {
            const stall = { stallUs, windowUs: MEASURE_US }
            const model = transport === 'polling' ? stalledPolling(stall, INTERVAL_US) : stalledPush(stall)
            return [
              compare(`p99 of ${transport}`, 'us', latencyUs.p99, model.percentileUs(99), TOLERANCE),
              exactly(`missing of ${transport}`, 'count', messages.missing, 0),
            ]
          },
        )
      },
    )
    return together(findings)
  },
}
