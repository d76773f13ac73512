import type { Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { jsonCodec } from '../feed/codec.js'
import { systemClock } from '../measure/clock.js'
import type { ConnectRequest, DriverSpec, FeedTimes } from '../model/member.js'
import type { Json, Role } from '../model/role.js'
import type { DriverShard } from '../model/shard.js'
import { Intake } from '../network/intake.js'
import { ScriptedServer } from '../testing/scripted-server.js'
import { until } from '../testing/transport-site.js'
import { chunk } from '../transports/http-stream.js'
import { createDriver } from './driver-role.js'

const CLIENTS = 4
const PERIOD_US = 100_000

let open: { driver: Role; server: ScriptedServer } | undefined

afterEach(async () => {
  vi.restoreAllMocks()
  await open?.driver.stop()
  await open?.server.close()
  open = undefined
})

/** One message to each client, while the window begins or ends as soon as one client's bytes are read and none is handled. */
async function shardWhere(edge: 'window-start' | 'window-end'): Promise<{ shard: DriverShard; messageBytes: number }> {
  const sockets: Socket[] = []
  const server = await ScriptedServer.start((socket) => {
    sockets.push(socket)
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n')
  })
  const spec: DriverSpec = {
    driver: 1,
    drivers: 1,
    totalClients: CLIENTS,
    transport: { module: 'feedbench:http-streaming', options: { coalesce: false } },
    feed: { arrival: 'periodic', ratePerSec: 1e6 / PERIOD_US, payloadBytes: 200, burst: null, trace: null, seed: 1 },
    trace: null,
    headers: [],
    clientSeed: 1,
    slowReaders: null,
    sourceAddresses: [],
  }
  const driver = await createDriver(spec as unknown as Json, () => {})
  open = { driver, server }
  const epochUs = systemClock.nowUs()
  const connect: ConnectRequest = { ...server.target, epochUs, ratePerSec: 1e4, timeoutUs: 5e6 }
  await driver.request('connect', { ...connect })
  // Room for one message.
  const endUs = epochUs + PERIOD_US
  const times: FeedTimes = { epochUs, untilUs: endUs, windows: [{ startUs: epochUs, endUs, side: null, tag: null }] }
  await driver.request('times', times as unknown as Json)

  if (edge === 'window-end') driver.barrier('window-start')
  const take = Intake.prototype.take
  let reads = 0
  vi.spyOn(Intake.prototype, 'take').mockImplementation(function (this: Intake, ...read) {
    take.apply(this, read)
    if (++reads === 1) driver.barrier(edge)
  })
  const dueUs = epochUs + 0.5 * PERIOD_US
  const bytes = chunk(jsonCodec.encode({ seq: 1, intendedUs: dueUs, publishedUs: dueUs, topic: null, data: '"x"' }), '\n')
  for (const socket of sockets) socket.write(bytes)
  await until(() => reads === CLIENTS, 'each client has its message')
  await driver.request('drain', { untilUs: systemClock.nowUs() + 5e6 })
  if (edge === 'window-start') driver.barrier('window-end')
  return { shard: (await driver.request('collect', null)) as unknown as DriverShard, messageBytes: bytes.length }
}

describe('a message that has been read and not yet handled', () => {
  it.each(['window-start', 'window-end'] as const)('at the %s is on the same side of it as its bytes', async (edge) => {
    const { shard, messageBytes } = await shardWhere(edge)
    expect(shard.bytes.lifetime.received).toBeGreaterThan(CLIENTS * messageBytes)
    expect(shard.bytes.deliveries).toBe(edge === 'window-end' ? 0 : CLIENTS)
    expect(shard.bytes.received).toBe(shard.bytes.deliveries * messageBytes)
  })
})
