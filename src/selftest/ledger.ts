import { setTimeout as sleep } from 'node:timers/promises'
import { jsonCodec } from '../feed/codec.js'
import { decodeHistogram } from '../measure/histogram.js'
import type { ConnectRequest, DriverSpec, FeedTimes } from '../model/member.js'
import type { Json } from '../model/role.js'
import type { SelftestComparison } from '../model/selftest.js'
import type { DriverShard } from '../model/shard.js'
import { LocalFleet } from '../runner/local-fleet.js'
import { type Check, type Site, together } from './check.js'
import { exactly } from './compare.js'
import { DIALECTS, type Dialect, LyingServer } from './lying-server.js'
import { sideBySide } from './trials.js'

const PERIOD_US = 50e3
const MESSAGES = 20
const CLIENTS = 3
const ANSWER_MS = 20_000
const LIFETIME_MS = 60_000
/** Between two writes, so that a client that asks for each has asked again. */
const BETWEEN_MS = 60
const DRAIN_US = 300e3

/**
 * What the server says, a write each: 4 and 15 never come, 2 and 6 come after the next, 3 and 9 come twice, and 19 and 20 say that they were published an hour
 * from now.
 */
const LIES: readonly (readonly number[])[] = [
  [1, 3, 2],
  [3, 5],
  [7, 6, 8],
  [9, 10, 9],
  [11, 12, 13, 14, 16, 17, 18],
  [19, 20],
]
const EARLY: readonly number[] = [19, 20]
const EARLY_US = 3_600e6
const PER_CLIENT = { delivered: 18, missing: 2, superseded: 0, duplicates: 2, reordered: 2 }

/** A server that loses, repeats, reorders and sends messages before their time, known to the message: a driver finds exactly that. */
export const ledgerCheck: Check = {
  name: 'ledger',
  meaning: 'messages that are lost, doubled, out of order or impossibly early go unnoticed, or are found where there are none',
  expectedUs: () => 3e6,
  async run(site) {
    return together(
      await sideBySide(DIALECTS, async (dialect) => ({ comparisons: comparisonsOf(dialect, await shardOf(site, dialect)) })),
    )
  },
}

function comparisonsOf({ transport }: Dialect, { ledger, negatives, latencyUs, connections }: DriverShard): SelftestComparison[] {
  const figures = Object.keys(PER_CLIENT) as (keyof typeof PER_CLIENT)[]
  return [
    ...figures.map((figure) => exactly(`${figure} over ${transport}`, 'count', ledger[figure], PER_CLIENT[figure] * CLIENTS)),
    exactly(`before their time over ${transport}`, 'count', negatives, EARLY.length * CLIENTS),
    exactly(
      `latencies over ${transport}`,
      'count',
      decodeHistogram(latencyUs).count,
      (PER_CLIENT.delivered - EARLY.length) * CLIENTS,
    ),
    exactly(`not of this feed over ${transport}`, 'count', connections.foreign, 0),
  ]
}

/** What a driver in a process of its own has to say of a server that lies to it. */
async function shardOf({ clock, signal }: Site, dialect: Dialect): Promise<DriverShard> {
  const fleet = new LocalFleet()
  const abort = () => void fleet.abort()
  signal.throwIfAborted()
  signal.addEventListener('abort', abort, { once: true })
  const server = await LyingServer.listen(dialect)
  try {
    const options = { title: 'feedbench driver 1', cores: null, lifetimeMs: LIFETIME_MS }
    const driver = await fleet.launch('driver', specOf(dialect) as unknown as Json, options)
    const epochUs = clock.nowUs() - 10e6
    const connect: ConnectRequest = { host: '127.0.0.1', port: server.port, epochUs, ratePerSec: 1e4, timeoutUs: 10e6 }
    await driver.request('connect', { ...connect }, ANSWER_MS)
    const untilUs = epochUs + MESSAGES * PERIOD_US
    const times: FeedTimes = { epochUs, untilUs, windows: [{ startUs: epochUs, endUs: untilUs, side: null, tag: null }] }
    await driver.request('times', times as unknown as Json, ANSWER_MS)
    for (const numbers of LIES) {
      await sleep(BETWEEN_MS, undefined, { signal })
      await server.say(
        numbers.map((number) => textOf(number, epochUs)),
        numbers,
      )
    }
    await driver.request('drain', { untilUs: clock.nowUs() + DRAIN_US }, ANSWER_MS)
    const shard = (await driver.request('collect', null, ANSWER_MS)) as unknown as DriverShard
    await driver.stop(ANSWER_MS)
    return shard
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
    await fleet.abort()
    await server.close()
  }
}

function specOf({ transport, options }: Dialect): DriverSpec {
  return {
    driver: 1,
    drivers: 1,
    totalClients: CLIENTS,
    transport: { module: `feedbench:${transport}`, options },
    feed: { arrival: 'periodic', ratePerSec: 1e6 / PERIOD_US, payloadBytes: 200, burst: null, trace: null, seed: 1 },
    trace: null,
    headers: [],
    clientSeed: 1,
    sourceAddresses: [],
    slowReaders: null,
  }
}

/** The feed began ten seconds ago: a message was published when it was due, or will be in an hour. */
function textOf(number: number, epochUs: number): Buffer {
  const intendedUs = epochUs + (number - 0.5) * PERIOD_US
  const publishedUs = intendedUs + (EARLY.includes(number) ? EARLY_US : 0)
  return jsonCodec.encode({ seq: number, intendedUs, publishedUs, topic: null, data: '"x"' })
}
