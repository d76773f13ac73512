import { builtInTransports } from '../transports/registry.js'
import { type Check, type Finding, type Site, together } from './check.js'
import { exactly } from './compare.js'
import { bytesOfPort } from './pcap.js'
import { capture, whyNoCapture } from './tcpdump.js'
import { type Measured, OVERHEAD_US, sideBySide, trialOf } from './trials.js'

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
    const first = await once(site)
    // With a packet dropped a capture proves nothing.
    return typeof first === 'string' ? inconclusiveUnless(await once(site), first) : first
  },
}

function inconclusiveUnless(second: Finding | string, why: string): Finding {
  const notes = [`captured twice, since at first ${why}`]
  return typeof second === 'string' ? { comparisons: [], notes, inconclusive: `${second}, both times` } : { ...second, notes }
}

/** Or why it proves nothing. */
async function once(site: Site): Promise<Finding | string> {
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
  if (dropped !== 0) return `tcpdump dropped ${dropped} packets`
  return together(
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
