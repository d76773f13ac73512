import { describe, expect, it } from 'vitest'
import { buildDriverShard, buildServerShard, buildTrialShards, encoded, USAGE } from '../testing/shards.js'
import { decodeHistogram } from './histogram.js'
import { mergeTrial } from './merge.js'

const valuesOf = (text: string | null) => [...decodeHistogram(text ?? '').values()].map(([us]) => us)

describe('the merge of two drivers', () => {
  const trial = mergeTrial(buildTrialShards())

  it('adds the ledgers, and expects what the plan says', () => {
    expect(trial.messages).toEqual({
      scheduled: 2,
      published: 2,
      expected: 4,
      delivered: 4,
      missing: 0,
      superseded: 0,
      duplicates: 0,
      reordered: 0,
    })
  })

  it('adds the histograms and takes percentiles of the sum, never a mean of percentiles', () => {
    expect(trial.latencyUs).toMatchObject({ count: 4, min: 1_000, p50: 2_000 })
    expect(Math.abs((trial.latencyUs.mean ?? 0) / 11_500 - 1)).toBeLessThan(1e-3)
    expect(trial.latencyUs.p99).toBeGreaterThanOrEqual(40_000)
    expect(trial.transitUs).toMatchObject({ count: 4, min: 700, p50: 1_700 })
    expect(trial.driver.lagUs).toMatchObject({ count: 4, p50: 50 })
    expect(trial.connectUs).toMatchObject({ count: 2, p50: 4_001 })
  })

  it('splits bytes only where every driver has counted heads', () => {
    const bytes = { ...buildDriverShard().bytes, headers: null }
    const { bytes: merged, notMeasured } = mergeTrial(
      buildTrialShards({ drivers: [buildDriverShard(), buildDriverShard({ bytes })] }),
    )
    expect([merged.headers, merged.framing]).toEqual([null, null])
    expect(notMeasured).toMatchObject({ 'bytes.headers': expect.any(String), 'bytes.framing': expect.any(String) })
  })

  it('adds bytes, and divides by deliveries and payload', () => {
    expect(trial.bytes).toEqual({
      payload: 800,
      headers: 180,
      framing: 60,
      received: 900,
      sent: 140,
      perMessage: 1_040 / 4,
      overheadRatio: 240 / 800,
      lifetime: { received: 1_800, sent: 280 },
    })
  })

  it('adds requests: per message expected, and messages per answer that had any', () => {
    expect(trial.requests).toEqual({ total: 4, empty: 2, failed: 0, skipped: 0, perMessage: 1, messagesPerResponse: 2 })
  })

  it('weighs the staleness of each driver by the time over which it looked', () => {
    const ages = (meanUs: number | null, observedUs: number) => ({
      startAges: encoded([0]),
      endAges: encoded([observedUs]),
      meanUs,
      observedUs,
    })
    const drivers = [
      buildDriverShard({ staleness: ages(50_000, 100_000) }),
      buildDriverShard({ staleness: ages(150_000, 300_000) }),
      buildDriverShard({ staleness: { startAges: encoded([]), endAges: encoded([]), meanUs: null, observedUs: 0 } }),
    ]
    const { stalenessUs } = mergeTrial(buildTrialShards({ drivers }))
    expect(stalenessUs.mean).toBe(125_000)
    expect(stalenessUs.max).toBeGreaterThan(298_000)
  })

  it('takes the greatest of what must not be added: utilisation, delays, time frozen', () => {
    const usage = { ...USAGE, eventLoopUtilization: 0.9, eventLoopDelayUsP99: null }
    const heartbeat = { latenessUs: encoded([]), frozenUs: 70 }
    const drivers = [buildDriverShard(), buildDriverShard({ driver: 2, usage, heartbeat })]
    const { driver, drivers: reports } = mergeTrial(buildTrialShards({ drivers }))
    expect(driver).toMatchObject({
      cpuUs: 800_000,
      gcUs: 10_000,
      rssBytes: 160_000_000,
      eventLoopUtilization: 0.9,
      eventLoopDelayUsP99: 900,
      heartbeatLatenessUs: { count: 500, p99: 200 },
      frozenUs: 70,
    })
    expect(reports.map(({ driver: number, frozenUs }) => [number, frozenUs])).toEqual([
      [1, 0],
      [2, 70],
    ])
  })

  it('adds the blocks of one time, and keeps those that one driver alone has', () => {
    const block = (index: number, latencies: number[]) => ({
      index,
      delivered: latencies.length,
      latencyUs: encoded(latencies),
      bytesReceived: 10,
    })
    const drivers = [
      buildDriverShard({ blockLengthUs: 2e6, blocks: [block(0, [10]), block(2, [])] }),
      buildDriverShard({ blockLengthUs: 2e6, blocks: [block(0, [20]), block(1, [30])] }),
    ]
    const { series } = mergeTrial(buildTrialShards({ drivers }))
    expect(series.map(({ atMs, lengthMs, delivered, bytesReceived }) => [atMs, lengthMs, delivered, bytesReceived])).toEqual([
      [0, 2_000, 2, 20],
      [2_000, 2_000, 1, 10],
      [4_000, 1_000, 0, 10],
    ])
    expect(valuesOf(series[0]?.latencyUs.histogram ?? null)).toEqual([10, 20])
    expect(series[2]?.latencyUs).toEqual({ p50: null, p99: null, max: null, histogram: null })
  })

  it('has a last block that is as long as the window leaves it', () => {
    const blocks = [0, 1].map((index) => ({ index, delivered: 1, latencyUs: encoded([10]), bytesReceived: 1 }))
    const windows = [{ startUs: 1e9, endUs: 1e9 + 1.4e6, side: null, tag: null }]
    const { series } = mergeTrial(buildTrialShards({ windows, drivers: [buildDriverShard({ blocks })] }))
    expect(series.map(({ lengthMs }) => lengthMs)).toEqual([1_000, 400])
  })
})

describe('what the server paid', () => {
  it('is told without the thread that only waits', () => {
    const { server } = mergeTrial(buildTrialShards())
    expect(server).toMatchObject({ cpuUs: 380_000, cpuUserUs: 300_000, metronomeCpuUs: 20_000, cpuUsPerMessage: 95_000 })
  })

  it('is its memory by connection, from connected and idle less before', () => {
    expect(mergeTrial(buildTrialShards()).server.rssBytesPerConnection).toBe(10_000)
  })

  it('is told by write where the transport writes', () => {
    const writing = (writes: number, messagesWritten: number) =>
      mergeTrial(buildTrialShards({ server: buildServerShard({ writes, messagesWritten }) }))
    expect(writing(10, 40).server.messagesPerWrite).toBe(4)
    expect(writing(0, 0)).toMatchObject({
      server: { messagesPerWrite: null },
      notMeasured: { 'server.messagesPerWrite': 'nothing was written' },
    })
  })
})

describe('the machine', () => {
  it('did for others what it did, less what the processes of the trial used', () => {
    // 200 ticks busy of 1,000; server, two drivers and the runner used 1.3 s, which is 130 ticks.
    expect(mergeTrial(buildTrialShards()).machine).toEqual({ cpuOthersShare: 0.07, stealShare: 0.01, wallClockDriftUs: 10 })
  })

  it('is not known where the system does not tell', () => {
    const { machine } = buildTrialShards()
    const silent = { ...machine, end: { ...machine.end, ticks: null } }
    expect(mergeTrial(buildTrialShards({ machine: silent }))).toMatchObject({
      machine: { cpuOthersShare: null, stealShare: null, wallClockDriftUs: 10 },
      notMeasured: { 'machine.cpuOthersShare': expect.stringContaining('/proc/stat') },
    })
  })
})

describe('what was not measured', () => {
  it('is null with a reason, never 0', () => {
    const nothing = buildDriverShard({
      latencies: [],
      transitUs: null,
      staleness: { startAges: encoded([]), endAges: encoded([]), meanUs: null, observedUs: 0 },
      bytes: { payload: 0, received: 0, sent: 0, headers: null, deliveries: 0, lifetime: { received: 0, sent: 0 } },
      requests: { total: 0, empty: 0, failed: 0, skipped: 0, responses: 0, messages: 0 },
    })
    const trial = mergeTrial(
      buildTrialShards({ drivers: [nothing], scheduled: 0, server: buildServerShard({ metronomeCpuUs: null }) }),
    )
    const isNull = (path: string) =>
      path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], trial)
    for (const path of Object.keys(trial.notMeasured))
      expect([null, 0]).toContain((isNull(path) as { count?: number } | null)?.count ?? null)
    expect(Object.keys(trial.notMeasured).sort()).toEqual([
      'bytes.framing',
      'bytes.headers',
      'bytes.overheadRatio',
      'bytes.perMessage',
      'driver.lagUs',
      'driver.transitLessLagUs',
      'latencyUs',
      'network',
      'publisher.posts',
      'requests.messagesPerResponse',
      'requests.perMessage',
      'server.cpuUsPerMessage',
      'server.messagesPerWrite',
      'server.metronomeCpuUs',
      'server.writes',
      'slowReaders',
      'stalenessUs',
      'transitUs',
    ])
  })

  it('has a reason too where messages do not say when they were published', () => {
    const drivers = [buildDriverShard({ transitUs: null }), buildDriverShard({ driver: 2, transitUs: null })]
    expect(mergeTrial(buildTrialShards({ drivers })).notMeasured.transitUs).toBe('messages do not say when they were published')
  })
})
