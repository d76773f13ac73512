import { describe, expect, it } from 'vitest'
import { mergeTrial } from '../measure/merge.js'
import type { Trial } from '../model/trial.js'
import { REASON_CODES, type ReasonCode, type Severity } from '../model/verdict.js'
import {
  buildDriverShard,
  buildEvidence,
  buildServerShard,
  buildTrialShards,
  countsOf,
  type DriverParts,
  encoded,
} from '../testing/shards.js'
import { judge } from './verdict.js'

const driver = (parts: Partial<Trial['driver']>) => (trial: Trial) => ({ driver: { ...trial.driver, ...parts } })
const server = (parts: Partial<Trial['server']>) => (trial: Trial) => ({ server: { ...trial.server, ...parts } })
const machine = (parts: Partial<Trial['machine']>) => (trial: Trial) => ({ machine: { ...trial.machine, ...parts } })
const messages = (parts: Partial<Trial['messages']>) => (trial: Trial) => ({ messages: { ...trial.messages, ...parts } })
const requests = (parts: Partial<Trial['requests']>) => (trial: Trial) => ({ requests: { ...trial.requests, ...parts } })
/** What the driver may have added to a percentile of the transit that is 10 ms, as a share of it. */
const lag =
  (share: number, percentile: 'p50' | 'p90' | 'p99' = 'p90', wholeUs = 20_000) =>
  (trial: Trial) => ({
    transitUs: { ...trial.transitUs, [percentile]: wholeUs },
    driver: { ...trial.driver, transitLessLagUs: { ...trial.driver.transitLessLagUs, [percentile]: wholeUs * (1 - share) } },
  })
/** How late the driver was at a percentile, of which the transit is 20 ms. */
const lateBeats =
  (us: number, percentile: 'p50' | 'p90' | 'p99' = 'p90', count = 500) =>
  (trial: Trial) => ({
    transitUs: { ...trial.transitUs, [percentile]: 20_000 },
    driver: {
      ...trial.driver,
      transitLessLagUs: { ...trial.driver.transitLessLagUs, [percentile]: 20_000 },
      heartbeatLatenessUs: { ...trial.driver.heartbeatLatenessUs, count, [percentile]: us },
    },
  })
/** In a window of a second. */
const short = (change: (trial: Trial) => Partial<Trial>) => (trial: Trial) => ({
  ...change(trial),
  windows: trial.windows.map((window) => ({ ...window, endUs: window.startUs + 1e6 })),
})
/** Negatives have no latency. */
const negatives = (count: number) => (trial: Trial) => ({
  latencyUs: { ...trial.latencyUs, count: trial.latencyUs.count - count },
  driver: { ...trial.driver, negatives: count },
})
const late = (us: number) => (trial: Trial) => ({ publishDelayUs: { ...trial.publishDelayUs, p90: us } })
const connections = (parts: NonNullable<DriverParts['connections']>) => ({ drivers: [{}, { connections: parts }] })
const unchanged = () => ({})

type Case = [what: string, code: ReasonCode, severity: Severity, ...evidence: Parameters<typeof buildEvidence>]

const CASES: Case[] = [
  ['nothing was due', 'NO_DATA', 'invalid', messages({ scheduled: 0 })],
  ['nothing came', 'NO_DATA', 'invalid', messages({ delivered: 0, missing: 20_000 })],
  [
    'gaps were forgotten',
    'LEDGER_OVERFLOW',
    'invalid',
    unchanged,
    { drivers: [{ ledger: { ...buildDriverShard().ledger, overflowed: 2 } }] },
  ],
  ['a few came before their time', 'NEGATIVE_LATENCY', 'degraded', negatives(20)],
  ['many came before their time', 'NEGATIVE_LATENCY', 'invalid', negatives(21)],
  ['the wall clock was set forward', 'CLOCK_STEP', 'degraded', machine({ wallClockDriftUs: 5_001 })],
  ['the wall clock was set back', 'CLOCK_STEP', 'degraded', machine({ wallClockDriftUs: -5_001 })],
  ['the driver may have added a ninth', 'DRIVER_LAG', 'degraded', lag(0.11)],
  ['the driver may have added a third', 'DRIVER_LAG', 'invalid', lag(0.31)],
  ['a driver was late by a tenth', 'DRIVER_LATE', 'degraded', lateBeats(2_200)],
  ['a driver was late by a third', 'DRIVER_LATE', 'invalid', lateBeats(6_200)],
  ['a driver stood still for 3 % of the window', 'DRIVER_FROZEN', 'degraded', driver({ frozenUs: 150_000 })],
  ['a driver stood still for 6 % of the window', 'DRIVER_FROZEN', 'invalid', driver({ frozenUs: 300_000 })],
  ['a driver stood still once, for 100 ms of a second', 'DRIVER_FROZEN', 'degraded', short(driver({ frozenUs: 100_000 }))],
  ['a driver was busy', 'DRIVER_BUSY', 'degraded', driver({ eventLoopUtilization: 0.86 })],
  ['a driver had no time left', 'DRIVER_BUSY', 'invalid', driver({ eventLoopUtilization: 0.98 })],
  ['a driver had no port left', 'DRIVER_EXHAUSTED', 'invalid', driver({ exhausted: 1 })],
  ['a client was not there', 'CLIENTS_UNSERVED', 'degraded', unchanged, connections({ unsubscribedAtStart: 1 })],
  ['another program ran', 'CPU_OTHERS', 'degraded', machine({ cpuOthersShare: 0.26 })],
  ['another machine ran', 'CPU_STEAL', 'degraded', machine({ stealShare: 0.03 })],
  ['the server was busy', 'SERVER_SATURATED', 'finding', server({ eventLoopUtilization: 0.96 })],
  ['publishing was late', 'PUBLISHER_LATE', 'finding', late(5_001)],
  [
    'the last messages had not come',
    'DRAIN_ENDED',
    'finding',
    unchanged,
    { drivers: [{ unfinished: { clients: 2, deliveries: 7 } }] },
  ],
  ['log was too short', 'EVICTED', 'finding', server({ evicted: 3 })],
  ['a client read nothing', 'CLIENTS_CUT_OFF', 'finding', server({ disconnected: { slow: 1, refused: 0 } })],
  ['a client was refused', 'CLIENTS_CUT_OFF', 'finding', server({ disconnected: { slow: 0, refused: 1 } })],
  ['a connection was lost', 'CONNECTIONS_LOST', 'finding', unchanged, connections({ lost: 1 })],
  ['a request failed', 'REQUESTS_FAILED', 'finding', requests({ failed: 1 })],
  ['a message was not of this feed', 'REQUESTS_FAILED', 'finding', unchanged, connections({ foreign: 1 })],
  ['a poll was skipped', 'POLLS_SKIPPED', 'finding', requests({ skipped: 1 })],
  [
    'a message was never published',
    'UNPUBLISHED',
    'finding',
    (trial) => ({
      messages: { ...trial.messages, published: 99, delivered: 19_800, missing: 200 },
      latencyUs: { ...trial.latencyUs, count: 19_800 },
    }),
    { server: { published: 99, lastPosition: 119 } },
  ],
  ['the sum is wrong', 'LEDGER_MISMATCH', 'invalid', messages({ superseded: 1 })],
]

describe('the verdict on a trial', () => {
  it('is valid without a reason where all is well', () => {
    expect(judge(buildEvidence())).toEqual({ status: 'valid', reasons: [] })
  })

  it.each(CASES)('says so where %s', (_, code, severity, ...evidence) => {
    const { status, reasons } = judge(buildEvidence(...evidence))
    const found = reasons.find((reason) => reason.code === code)
    expect(found?.severity).toBe(severity)
    expect(found?.message).toMatch(/\d|nothing|no message/)
    expect(Object.keys(found?.evidence ?? {})).not.toEqual([])
    expect(status).toBe(severity === 'finding' ? 'valid' : severity)
    // Nothing else is wrong with it, but that nothing came of what was due.
    if (code !== 'NO_DATA') expect(reasons).toHaveLength(1)
  })

  it('has a test for every reason, in each severity that it may have', () => {
    // Those of links and of publishers have files of their own: network-rules.test.ts, publisher-rules.test.ts.
    const elsewhere = ['RELAY_BUSY', 'RELAY_LATE', 'PUBLISHER_BUSY', 'POSTS_FAILED', 'OBSERVED_FEED']
    const others = Object.keys(REASON_CODES).filter((code) => !elsewhere.includes(code))
    expect([...new Set(CASES.map(([, code]) => code))].sort()).toEqual(others.sort())
  })

  it.each<[string, ...Parameters<typeof buildEvidence>]>([
    ['a tenth of the transit from the driver', lag(0.1)],
    ['lag that timers have by themselves', lag(0.5, 'p50', 2_000)],
    ['lag at a percentile for which there were too few messages', lag(0.9, 'p99')],
    ['beats that were late by a tenth of the transit', lateBeats(2_000)],
    ['beats late by what is usual', (trial) => ({ ...lateBeats(2_000)(trial), transitUs: { ...trial.transitUs, p90: 4_000 } })],
    ['lateness at a percentile for which there were too few messages', lateBeats(15_000, 'p99')],
    ['lateness at a percentile for which there were too few beats', lateBeats(15_000, 'p90', 35)],
    ['1 % of the window frozen', driver({ frozenUs: 50_000 })],
    ['a server busy for 95 %', server({ eventLoopUtilization: 0.95 })],
    ['publishing late by a tenth of the interval', late(5_000)],
    ['a wall clock that is slewed', machine({ wallClockDriftUs: 5_000 })],
    ['what the system does not tell', machine({ cpuOthersShare: null, stealShare: null, wallClockDriftUs: null })],
  ])('holds nothing against a trial with %s', (_, ...evidence) => {
    expect(judge(buildEvidence(...evidence))).toEqual({ status: 'valid', reasons: [] })
  })

  it('only doubts the transit where latency is hardly touched', () => {
    const { status, reasons } = judge(
      buildEvidence((trial) => ({ ...lag(0.5)(trial), latencyUs: { ...trial.latencyUs, p90: 900_000 } })),
    )
    expect(status).toBe('degraded')
    expect(reasons).toMatchObject([{ code: 'DRIVER_LAG', severity: 'degraded', evidence: { transitUs: 20_000 } }])
  })

  it('does not throw a trial away for what was added to p99 alone, or for what timers and the scheduler add', () => {
    const enough = (trial: Trial) => messages({ scheduled: 400, published: 400, expected: 80_000, delivered: 80_000 })(trial)
    const evidence = (change: (trial: Trial) => Partial<Trial>) =>
      buildEvidence((trial) => ({ ...enough(trial), latencyUs: { ...trial.latencyUs, count: 80_000 }, ...change(trial) }), {
        server: { published: 400, lastPosition: 420 },
      })
    expect(judge(evidence(lag(0.9, 'p99'))).reasons).toMatchObject([{ severity: 'degraded', evidence: { percentile: 'p99' } }])
    expect(judge(evidence(lateBeats(15_000, 'p99')))).toMatchObject({ status: 'degraded' })
    expect(judge(evidence(lag(0.5, 'p90', 4_800)))).toMatchObject({ status: 'degraded' })
    expect(judge(evidence(lag(0.5, 'p90', 4_804)))).toMatchObject({ status: 'invalid' })
  })

  it('looks at each driver by itself too, so that others do not hide it', () => {
    const drivers = [{}, { driver: 2, latencies: new Array<number>(50).fill(20_300) }].map((parts, index) => ({
      ...parts,
      heartbeat: { latenessUs: encoded(new Array<number>(100).fill(index === 1 ? 9_000 : 100)), frozenUs: 0 },
    }))
    const { reasons } = judge(buildEvidence(unchanged, { drivers }))
    const late = reasons.find(({ code }) => code === 'DRIVER_LATE')
    expect(late?.message).toMatch(/^driver 2 was late by 9\.\d+ ms at p50/)
  })

  it('goes by latency where messages do not say when they were published', () => {
    const { reasons } = judge(
      buildEvidence((trial) => ({
        transitUs: { ...trial.transitUs, count: 0, p90: null },
        latencyUs: { ...trial.latencyUs, p90: 20_000 },
        driver: lag(0.2)(trial).driver,
      })),
    )
    expect(reasons).toMatchObject([{ code: 'DRIVER_LAG', severity: 'degraded', evidence: { latencyUs: 20_000, share: 0.2 } }])
  })

  it('is the worst of its reasons, and has them all', () => {
    const { status, reasons } = judge(
      buildEvidence((trial) => ({
        ...driver({ exhausted: 1 })(trial),
        ...machine({ stealShare: 0.5 })(trial),
        ...requests({ skipped: 4 })(trial),
      })),
    )
    expect(status).toBe('invalid')
    expect(reasons.map(({ severity }) => severity)).toEqual(['invalid', 'degraded', 'finding'])
  })

  it('quotes the error that a driver met last', () => {
    const { reasons } = judge(buildEvidence(unchanged, connections({ lost: 2, lastError: 'read ECONNRESET' })))
    expect(reasons[0]).toMatchObject({ evidence: { lost: 2, lastError: 'read ECONNRESET' } })
  })
})

describe('a trial whose numbers do not add up is invalid', () => {
  /** Two drivers of one client each, counted by the clients' own ledgers, after one figure has gone wrong. */
  function verdictAfter({ scheduled = 2, published = 2, delivered = 0, cursor = 0, recorded = 0 }) {
    const window = { first: 5, last: 6 }
    const healthy = countsOf(1, window, 6)
    const wrong = { ...healthy, delivered: healthy.delivered + delivered, missing: countsOf(1, window, 6 + cursor).missing }
    const latencies = (count: number) => Array.from({ length: count }, () => 20_000)
    const drivers = [
      buildDriverShard({ latencies: latencies(2), ledger: healthy }),
      buildDriverShard({ driver: 2, latencies: latencies(wrong.delivered + recorded), ledger: wrong }),
    ]
    const shards = buildTrialShards({
      scheduled,
      drivers,
      server: buildServerShard({ published, firstPosition: 5, lastPosition: 6 }),
    })
    return judge({ trial: mergeTrial(shards), server: shards.server, drivers })
  }

  it('and valid where they do', () => {
    expect(verdictAfter({})).toEqual({ status: 'valid', reasons: [] })
  })

  it.each([
    ['more was scheduled', { scheduled: 3 }],
    ['less was scheduled', { scheduled: 1 }],
    ['more was published', { published: 3 }],
    ['less was published', { published: 1 }],
    ['a delivery was counted twice', { delivered: 1 }],
    ['a delivery was not counted', { delivered: -1 }],
    ["a client's cursor stands too low", { cursor: -1 }],
    ['a latency was recorded twice', { recorded: 1 }],
    ['a latency was not recorded', { recorded: -1 }],
  ])('where %s', (_, wrong) => {
    const { status, reasons } = verdictAfter(wrong)
    expect(status).toBe('invalid')
    expect(reasons.map(({ code }) => code)).toContain('LEDGER_MISMATCH')
  })
})
