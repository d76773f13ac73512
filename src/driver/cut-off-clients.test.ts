import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../measure/clock.js'
import type { ConnectRequest, DriverSpec, FeedTimes } from '../model/member.js'
import type { Json, Role } from '../model/role.js'
import type { DriverShard } from '../model/shard.js'
import { startWholeServer, type WholeServer } from '../testing/all-transports.js'
import { CuttingProxy } from '../testing/cutting-proxy.js'
import { until } from '../testing/transport-site.js'
import { builtInTransports } from '../transports/registry.js'
import { createDriver } from './driver-role.js'

/** Real drivers whose connections to a real server end after each number of bytes: they come back, and get everything once. */

const CLIENTS = 40
const MESSAGES = 10
const PERIOD_US = 20_000

let whole: WholeServer
let proxy: CuttingProxy
let driver: Role
afterEach(async () => {
  await driver.stop()
  await until(() => proxy.connections === 0, 'no connection of the driver is left')
  await proxy.close()
  await whole.server.close()
})

const OPTIONS: Record<string, Record<string, unknown>> = { polling: { interval: '100ms' } }

async function driverThrough(name: string, cutAfter: ConstructorParameters<typeof CuttingProxy>[1]): Promise<DriverShard> {
  whole = await startWholeServer()
  proxy = new CuttingProxy(whole.port, cutAfter)
  const descriptor = builtInTransports.find((transport) => transport.name === name)
  const spec: DriverSpec = {
    driver: 1,
    drivers: 1,
    totalClients: CLIENTS,
    transport: { module: `feedbench:${name}`, options: { ...descriptor?.optionsSchema.parse(OPTIONS[name] ?? {}) } },
    feed: { arrival: 'periodic', ratePerSec: 1e6 / PERIOD_US, payloadBytes: 200, burst: null, trace: null, seed: 1 },
    trace: null,
    headers: [],
    clientSeed: 1,
    slowReaders: null,
    sourceAddresses: [],
  }
  driver = await createDriver(spec as unknown as Json, () => {})
  const epochUs = systemClock.nowUs() - 10e6
  const connect: ConnectRequest = { ...(await proxy.listen()), epochUs, ratePerSec: 1e4, timeoutUs: 20e6 }
  await driver.request('connect', { ...connect })
  const windows = [{ startUs: epochUs, endUs: epochUs + MESSAGES * PERIOD_US, side: null, tag: null }]
  const times: FeedTimes = { epochUs, untilUs: epochUs + MESSAGES * PERIOD_US, windows }
  await driver.request('times', times as unknown as Json)
  whole.publish(MESSAGES)
  await driver.request('drain', { untilUs: systemClock.nowUs() + 20e6 })
  return (await driver.request('collect', null)) as unknown as DriverShard
}

/** The first connection of each client is cut after every 13th number of bytes, which is within the head and within the first messages. */
const STEP_BYTES = 13

describe.each(builtInTransports.map(({ name }) => name))('%s', (name) => {
  test.each([
    ['end', false],
    ['reset', true],
  ])('gets every message once, though connections %s', async (_, isReset) => {
    const shard = await driverThrough(name, (connection) =>
      connection < CLIENTS ? { bytes: 1 + connection * STEP_BYTES, isReset } : null,
    )
    expect(proxy.cut).toBeGreaterThan(CLIENTS / 2)
    expect(shard.ledger).toMatchObject({ delivered: MESSAGES * CLIENTS, missing: 0, reordered: 0, overflowed: 0 })
    expect(shard.connections).toMatchObject({ opened: CLIENTS, failed: 0, foreign: 0, exhausted: 0 })
    expect(shard.connections.reconnects).toBeGreaterThan(CLIENTS / 2)
  })
})
