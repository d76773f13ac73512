import { builtInTransports } from '../transports/registry.js'
import { type Check, type Site, together } from './check.js'
import { exactly } from './compare.js'
import { bytesOfPort } from './pcap.js'
import { capture, whyNoCapture } from './tcpdump.js'
import { type Attempt, type Measured, OVERHEAD_US, persistently, sideBySide, trialOf } from './trials.js'

const MEASURE_US = 2e6
/** Of each packet: its heads are enough to count by. */
const HEADERS_BYTES = 120
const TRANSPORTS = builtInTransports.map(({ name }) => name)

/** What feedbench counts at its sockets against what the kernel carried: not a byte more or less, of any transport. */
export const captureCheck: Check = {
  name: 'capture',
  meaning: 'byte counts are not those of the wire: bytes per message and overhead are wrong by as much',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 3e6,
  async run(site) {
    const skipped = await whyNoCapture()
    if (skipped !== null) return { comparisons: [], skipped }
    // Bytes are exact: no second chance, but where packets are lacking.
    return persistently('bytes', () => once(site), 1)
  },
}

async function once(site: Site): Promise<Attempt> {
  const tcp = await capture('tcp', HEADERS_BYTES)
  const trials = new Map<string, Measured>()
  try {
    await sideBySide(TRANSPORTS, async (transport) => {
      trials.set(transport, await trialOf(site, { scenario: scenarioOf(transport) }))
      return { comparisons: [] }
    })
  } catch (error) {
    tcp.kill()
    throw error
  }
  const { packets, dropped } = await tcp.stop()
  // With a packet dropped a capture proves nothing.
  if (dropped !== 0) return { comparisons: [], doubt: `tcpdump dropped ${dropped} packets` }
  const { comparisons } = together(
    [...trials].map(([transport, { trial, fleet }]) => {
      const seen = bytesOfPort(packets, fleet.serverPort ?? 0)
      const { received, sent } = trial.bytes.lifetime
      return {
        comparisons: [
          exactly(`received by ${transport}`, 'bytes', received, seen.fromPort),
          exactly(`sent by ${transport}`, 'bytes', sent, seen.toPort),
          exactly(`connections of ${transport}`, 'count', trial.load.clients, seen.connections),
        ],
      }
    }),
  )
  return { comparisons, doubt: null }
}

function scenarioOf(transport: string): { transports: [unknown]; [key: string]: unknown } {
  return {
    feed: { rate: '20/s', arrival: 'periodic', payload: '200B' },
    clients: 10,
    transports: [transport === 'polling' ? { polling: { interval: '100ms' } } : transport],
    headers: 'browser',
    phases: { warmup: '500ms', measure: `${MEASURE_US}us`, drain: '1s' },
  }
}
