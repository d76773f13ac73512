import { describe, expect, it } from 'vitest'
import { judge } from '../analysis/verdict.js'
import type { SlowReadersShard } from '../model/shard.js'
import { buildDriverShard, buildServerShard, buildTrialShards, encoded } from '../testing/shards.js'
import { mergeTrial } from './merge.js'

/** Of a driver with one slow reader, to which one of two messages came. */
function slowShard(latencyUs: number, parts: Partial<SlowReadersShard> = {}): SlowReadersShard {
  return {
    ledger: { delivered: 1, missing: 1, superseded: 0, duplicates: 0, reordered: 0, overflowed: 0 },
    latencyUs: encoded([latencyUs]),
    staleness: { startAges: encoded([1_000]), endAges: encoded([3_001_000]), meanUs: 1_501_000, observedUs: 3e6 },
    receivedBytes: 1_000,
    reconnects: 1,
    ...parts,
  }
}

/** Two drivers with a client of each kind; two messages. */
function shards(server: Parameters<typeof buildServerShard>[0] = {}) {
  const { planned, ...rest } = buildTrialShards()
  const ledger = { delivered: 3, missing: 1, superseded: 0, duplicates: 0, reordered: 0, overflowed: 0 }
  const published = { published: 2, firstPosition: 5, lastPosition: 6 }
  return {
    ...rest,
    planned: {
      ...planned,
      load: { ...planned.load, clients: 4 },
      slowReaders: { clients: 2, bytesPerSec: 20_480, seed: 1 },
    },
    server: buildServerShard({ ...published, ...server }),
    drivers: [
      buildDriverShard({ ledger, slow: slowShard(4_000_000) }),
      buildDriverShard({ driver: 2, ledger, latencies: [3_000, 40_000], slow: slowShard(8_000_000) }),
    ],
  }
}

const BUFFERS = { maxBytes: 90_000, maxBytesPerConnection: 50_000, maxRssBytes: 120_000_000 }

describe('slow readers in a merged trial', () => {
  it('have their times apart from those of the others, and their part of the ledger', () => {
    const { slowReaders, latencyUs, messages, stalenessUs } = mergeTrial(shards())
    expect(slowReaders).toMatchObject({
      clients: 2,
      bytesPerSec: 20_480,
      delivered: 2,
      missing: 2,
      receivedBytes: 2_000,
      reconnects: 2,
      latencyUs: { count: 2 },
      stalenessUs: { mean: 1_501_000 },
    })
    expect([latencyUs.count, messages.delivered, messages.missing, messages.expected]).toEqual([4, 6, 2, 8])
    expect(latencyUs.max).toBeLessThan(50_000)
    expect(slowReaders?.latencyUs.min).toBeGreaterThan(3_900_000)
    expect(stalenessUs.mean).toBe(26_000)
  })

  it('have what the server did about them', () => {
    const { slowReaders } = mergeTrial(shards({ buffers: BUFFERS, disconnected: { slow: 3, refused: 1 } }))
    expect(slowReaders).toMatchObject({
      serverMaxBufferedBytes: 90_000,
      serverMaxBufferedBytesPerConnection: 50_000,
      serverMaxRssBytes: 120_000_000,
      disconnected: 3,
    })
  })

  it('have a reason for what nobody looked at, and for being none', () => {
    expect(mergeTrial(shards()).notMeasured).toMatchObject({ 'slowReaders.serverMaxBufferedBytes': 'the server does not look' })
    const without = mergeTrial(buildTrialShards())
    expect(without.slowReaders).toBeNull()
    expect(without.notMeasured).toHaveProperty('slowReaders')
  })

  it('do not break the ledger, nor cast doubt on the driver', () => {
    const all = shards({ buffers: BUFFERS })
    const { reasons } = judge({ trial: mergeTrial(all), server: all.server, drivers: all.drivers })
    expect(reasons.map(({ code }) => code)).not.toEqual(expect.arrayContaining(['LEDGER_MISMATCH']))
    expect(reasons.map(({ code }) => code)).not.toEqual(expect.arrayContaining(['DRIVER_LAG']))
    const lost = { ...all, drivers: all.drivers.map((driver) => ({ ...driver, slow: slowShard(1, { latencyUs: encoded([]) }) })) }
    const verdict = judge({ trial: mergeTrial(lost), server: lost.server, drivers: lost.drivers })
    expect(verdict.reasons.map(({ code }) => code)).toContain('LEDGER_MISMATCH')
  })
})
