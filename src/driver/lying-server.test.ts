import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { jsonCodec } from '../feed/codec.js'
import { systemClock } from '../measure/clock.js'
import { decodeHistogram } from '../measure/histogram.js'
import type { ConnectRequest, DriverSpec, FeedTimes } from '../model/member.js'
import type { Json, Role } from '../model/role.js'
import type { DriverShard } from '../model/shard.js'
import { ScriptedServer } from '../testing/scripted-server.js'
import { chunk } from '../transports/http-stream.js'
import { createDriver } from './driver-role.js'

/**
 * A server that stalls, drops, duplicates and reorders, against a real driver over real sockets. The feed began ten seconds ago, so that every latency is
 * known but for the moment of sending, which all messages of one write share: differences between latencies are exact whatever the machine does.
 */
const PERIOD_US = 50_000
const MESSAGES = 20
const CLIENTS = 3

let open: { driver: Role; server: ScriptedServer } | undefined

afterEach(async () => {
  await open?.driver.stop()
  await open?.server.close()
  open = undefined
})

/** What the driver has to say when the server writes these positions, a write each list. */
async function shardAfter(writes: readonly (readonly number[])[]): Promise<DriverShard> {
  const epochUs = systemClock.nowUs() - 10e6
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
  const connect: ConnectRequest = { ...server.target, epochUs, ratePerSec: 1e4, timeoutUs: 5e6 }
  await driver.request('connect', { ...connect })
  const windows = [{ startUs: epochUs, endUs: epochUs + MESSAGES * PERIOD_US, side: null, tag: null }]
  const times: FeedTimes = { epochUs, untilUs: epochUs + MESSAGES * PERIOD_US, windows }
  await driver.request('times', times as unknown as Json)
  for (const positions of writes) {
    const bytes = Buffer.concat(positions.map((position) => chunk(text(position, epochUs), '\n')))
    for (const socket of sockets) socket.write(bytes)
  }
  await driver.request('drain', { untilUs: systemClock.nowUs() + 500e3 })
  return (await driver.request('collect', null)) as unknown as DriverShard
}

/** Published when it was due: transit and latency are the same. */
function text(position: number, epochUs: number): Buffer {
  const dueUs = epochUs + (position - 0.5) * PERIOD_US
  return jsonCodec.encode({ seq: position, intendedUs: dueUs, publishedUs: dueUs, topic: null, data: '"x"' })
}

const all = Array.from({ length: MESSAGES }, (_, index) => index + 1)
const CLEAN = { delivered: MESSAGES * CLIENTS, missing: 0, superseded: 0, duplicates: 0, reordered: 0, overflowed: 0 }

describe('a driver whose server', () => {
  it('is honest finds everything', async () => {
    const { ledger, unfinished } = await shardAfter([all])
    expect(ledger).toEqual(CLEAN)
    expect(unfinished).toEqual({ clients: 0, deliveries: 0 })
  })

  it('stalls charges every message that was due during the stall with its own part of it', async () => {
    const { latencyUs } = await shardAfter([all])
    const latencies = [...decodeHistogram(latencyUs).values()]
    // One write for all: the first message has waited for 19 periods longer than the last, and each for one longer than the next.
    const spreadUs = (latencies.at(-1)?.[0] ?? 0) - (latencies[0]?.[0] ?? 0)
    const resolutionUs = 10e6 * 0.001
    expect(Math.abs(spreadUs - (MESSAGES - 1) * PERIOD_US)).toBeLessThan(2 * resolutionUs + 40e3 * CLIENTS)
    expect(decodeHistogram(latencyUs).count).toBe(MESSAGES * CLIENTS)
    expect(decodeHistogram(latencyUs).min).toBeGreaterThan(10e6 - MESSAGES * PERIOD_US)
  })

  it('drops messages finds each missing, at each client', async () => {
    const { ledger, unfinished, latencyUs } = await shardAfter([
      all.filter((position) => position !== 4 && position !== 5 && position !== 20),
    ])
    expect(ledger).toEqual({ ...CLEAN, delivered: 17 * CLIENTS, missing: 3 * CLIENTS })
    // Of the three only the last may yet have been on its way.
    expect(unfinished).toEqual({ clients: CLIENTS, deliveries: CLIENTS })
    expect(decodeHistogram(latencyUs).count).toBe(17 * CLIENTS)
  })

  it('sends messages twice counts each once as delivered and once as duplicate', async () => {
    const { ledger, latencyUs, bytes } = await shardAfter([all, [3, 3, 20]])
    expect(ledger).toEqual({ ...CLEAN, duplicates: 3 * CLIENTS })
    expect(decodeHistogram(latencyUs).count).toBe(MESSAGES * CLIENTS)
    expect(bytes.lifetime.received).toBeGreaterThan(0)
  })

  it('sends messages out of order counts those that came after a later one', async () => {
    const { ledger } = await shardAfter([[1, 2, 5, 3, 4, 6, 8, 7], all.slice(8)])
    expect(ledger).toEqual({ ...CLEAN, reordered: 3 * CLIENTS })
  })

  it('does all of that at once is found out in all of it', async () => {
    const { ledger } = await shardAfter([[1, 3, 2, 2], [6, 5], all.slice(7)])
    // 4 and 7 are dropped, 2 and 5 late, 2 twice.
    expect(ledger).toEqual({
      ...CLEAN,
      delivered: 18 * CLIENTS,
      missing: 2 * CLIENTS,
      duplicates: CLIENTS,
      reordered: 2 * CLIENTS,
    })
  })

  it('sends what is not of this feed does not count it', async () => {
    const { ledger, connections } = await shardAfter([all, [999]])
    expect(ledger).toEqual(CLEAN)
    expect(connections.foreign).toBe(CLIENTS)
  })
})
