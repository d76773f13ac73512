import type { SelftestComparison } from '../model/selftest.js'
import type { Trial } from '../model/trial.js'
import { builtInTransports } from '../transports/registry.js'
import { type Check, together } from './check.js'
import { compare, exactly } from './compare.js'
import { measured, OVERHEAD_US, sideBySide } from './trials.js'

const CLIENTS = 20
const MEASURE_US = 3e6
const RATE_PER_SEC = 10
const PAYLOAD_BYTES = 200
const INTERVAL_MS = 200
/** A poll or two whose bytes fall on the other side of the window's ends. */
const PULLED = { below: { share: 0.01 }, above: { share: 0.01 } }
/** What dividing leaves. */
const PUSHED = { below: { absolute: 1e-6 }, above: { absolute: 1e-6 } }

/** Bytes a message against the frames of the protocols, heads and cursors of polls included, computed by hand: of what is pushed to the byte. */
export const bytesCheck: Check = {
  name: 'bytes',
  meaning: 'bytes per message and overhead are not what the protocols put on the wire: transports are compared by wrong costs',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 1.5e6,
  async run(site) {
    const findings = await sideBySide(builtInTransports, ({ name, capabilities: { pull } }) =>
      measured(
        site,
        name,
        {
          scenario: {
            feed: { rate: `${RATE_PER_SEC}/s`, arrival: 'periodic', payload: `${PAYLOAD_BYTES}B` },
            clients: CLIENTS,
            transports: [name === 'polling' ? { polling: { interval: `${INTERVAL_MS}ms` } } : name],
            headers: 'browser',
            phases: { warmup: '1s', measure: `${MEASURE_US}us`, drain: '1s' },
          },
        },
        ({ trial }) => comparisonsOf(name, pull, trial),
      ),
    )
    return together(findings)
  },
}

function comparisonsOf(transport: string, isPulled: boolean, { bytes, predicted }: Trial): SelftestComparison[] {
  const model = predicted.figures.find(({ metric }) => metric === 'bytes.perMessage')
  const expected = model?.expected ?? Number.NaN
  return [
    compare(`a message over ${transport}`, 'bytes', bytes.perMessage, expected, isPulled ? PULLED : PUSHED),
    exactly(`payload over ${transport}, of whole messages`, 'bytes', bytes.payload % PAYLOAD_BYTES, 0),
  ]
}
