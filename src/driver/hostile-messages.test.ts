import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../measure/clock.js'
import { decodeHistogram } from '../measure/histogram.js'
import type { ConnectRequest, DriverSpec, FeedTimes } from '../model/member.js'
import type { Json, Role } from '../model/role.js'
import type { DriverShard } from '../model/shard.js'
import { ScriptedServer } from '../testing/scripted-server.js'
import { chunk } from '../transports/http-stream.js'
import { createDriver } from './driver-role.js'

/** Messages with figures that no feed has, against a real driver: what is of no use is counted as foreign, and no figure of the trial is spoilt. */

const PERIOD_US = 50_000
const MESSAGES = 20

let open: { driver: Role; server: ScriptedServer } | undefined
afterEach(async () => {
  await open?.driver.stop()
  await open?.server.close()
  open = undefined
})

/** What a driver with one client has to say when the server sends these lines; `t` and `p` of the good ones are when they were due. */
async function shardAfter(lines: (dueUs: (seq: number) => number) => string[]): Promise<DriverShard> {
  const epochUs = systemClock.nowUs() - 10e6
  let stream: Socket | undefined
  const server = await ScriptedServer.start((socket) => {
    stream = socket
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
  })
  const spec: DriverSpec = {
    driver: 1,
    drivers: 1,
    totalClients: 1,
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
  for (const line of lines((seq) => epochUs + (seq - 0.5) * PERIOD_US)) stream?.write(chunk(`${line}\n`))
  await driver.request('drain', { untilUs: systemClock.nowUs() + 5e6 })
  return (await driver.request('collect', null)) as unknown as DriverShard
}

const GOOD = Array.from({ length: MESSAGES }, (_, index) => index + 1)

function good(dueUs: (seq: number) => number): string[] {
  return GOOD.map((seq) => `{"seq":${seq},"t":${dueUs(seq)},"p":${dueUs(seq)},"data":"x"}`)
}

describe('a driver', () => {
  it('counts as foreign what is no message of its feed, and takes the rest', async () => {
    const foreign = [
      ...['0', '-1', '21', '9007199254740991', '9007199254740993', '999999999999999', '1e308', '1e999', '1.5', '-0.5'],
      ...['"1"', 'null', 'true', '[1]', '{}'],
    ].map((seq) => `{"seq":${seq},"t":1,"p":1,"data":"x"}`)
    const others = ['hello', '"hello"', '[]', 'null', '{}', '{"seq":1', '\0', `{"seq":${'9'.repeat(5_000)}}`, '['.repeat(50_000)]
    const shard = await shardAfter((dueUs) => [...foreign, ...others, ...good(dueUs)])
    expect(shard.ledger).toMatchObject({ delivered: MESSAGES, missing: 0, duplicates: 0, reordered: 0 })
    expect(shard.connections).toMatchObject({ foreign: foreign.length + others.length, lost: 0, reconnects: 0 })
    expect(shard.connections.lastError?.length).toBeLessThan(400)
  })

  it.each(['-1', '0', '1e308', '-1e308', '1e999', '-1e999', '0.5', '"1"', 'null', '{}', '9007199254740993'])(
    'spoils no figure where a message says that it was published at %s',
    async (published) => {
      const shard = await shardAfter((dueUs) => GOOD.map((seq) => `{"seq":${seq},"t":${dueUs(seq)},"p":${published},"data":"x"}`))
      expect(shard.ledger).toMatchObject({ delivered: MESSAGES, missing: 0 })
      const latencies = decodeHistogram(shard.latencyUs).count
      expect(latencies + shard.negatives).toBe(MESSAGES)
      // JSON has no infinity and no NaN: such a figure would come out as null.
      expect(JSON.parse(JSON.stringify(shard))).toEqual(shard)
    },
  )

  it('goes by its own schedule, whatever a message says of when it was due', async () => {
    const shard = await shardAfter((dueUs) => GOOD.map((seq) => `{"seq":${seq},"t":-1e308,"p":${dueUs(seq)},"data":"x"}`))
    expect([shard.ledger.delivered, shard.negatives]).toEqual([MESSAGES, 0])
    expect(decodeHistogram(shard.latencyUs).max).toBeLessThan(60e6)
  })
})
