import { describe, expect, test } from 'vitest'
import type { Comparison } from '../../model/comparison.js'
import type { Result } from '../../model/result.js'
import type { Trial } from '../../model/trial.js'
import { buildDistribution, buildReason, buildResult, buildVerdict, LOAD, type ResultParts } from '../../testing/builders.js'
import { compareRuns } from './compare.js'

/** Trials that scatter by a few percent about a latency, none of them alike. */
function run(rounds: number, medianUs: number, parts: ResultParts = {}): Result {
  return buildResult({
    labels: ['websocket'],
    rounds,
    ...parts,
    alter: (trial) => ({
      latencyUs: buildDistribution(medianUs * (1 + 0.004 * ((trial.round * 7) % 11))),
      ...parts.alter?.(trial),
    }),
  })
}

function compare(baseline: Result, candidate: Result): Comparison {
  return compareRuns({ path: 'before', result: baseline }, { path: 'after', result: candidate })
}

const figureOf = ({ figures }: Comparison, metric: string) => figures.find((figure) => figure.metric === metric)

describe('ten trials a side', () => {
  test('tell what got worse and what got better', () => {
    const worse = compare(run(10, 2_000), run(10, 2_300))
    expect(figureOf(worse, 'latencyUs.p50')).toMatchObject({ outcome: 'regressed', settledBy: null, exact: false })
    expect(figureOf(worse, 'latencyUs.p50')?.ratio).toBeCloseTo(1.15, 1)
    expect(worse.exitCode).toBe(0)
    expect(figureOf(compare(run(10, 2_300), run(10, 2_000)), 'latencyUs.p50')).toMatchObject({ outcome: 'improved' })
  })

  test('tell what is the same within its margin, and bytes without statistics', () => {
    const same = compare(run(10, 2_000), run(10, 2_004))
    expect(figureOf(same, 'latencyUs.p50')).toMatchObject({ outcome: 'equivalent', settledBy: null })
    expect(figureOf(same, 'bytes.perMessage')).toMatchObject({
      outcome: 'equivalent',
      exact: true,
      ratio: 1,
      p: null,
      margin: 0.005,
    })
  })

  test('with a change below the margin are not called worse, however sure', () => {
    const figure = figureOf(compare(run(10, 2_000), run(10, 2_090)), 'latencyUs.p50')
    expect(figure?.pAdjusted).toBeLessThan(0.05)
    expect(figure?.outcome).not.toBe('regressed')
  })

  test('correct for how many figures there are', () => {
    const { figures } = compare(run(10, 2_000), run(10, 2_300))
    const uncertain = figures.filter(({ p }) => p !== null)
    expect(uncertain.length).toBeGreaterThan(1)
    for (const { p, pAdjusted } of uncertain) expect(pAdjusted).toBeGreaterThanOrEqual(p ?? 1)
    expect(uncertain.some(({ p, pAdjusted }) => (pAdjusted ?? 0) > (p ?? 0))).toBe(true)
  })
})

describe('few trials', () => {
  test('one a side tells nothing, and says how many would', () => {
    const comparison = compare(run(1, 2_000), run(1, 4_000))
    const uncertain = comparison.figures.filter(({ metric }) => metric !== 'bytes.perMessage')
    expect(uncertain.length).toBeGreaterThan(1)
    for (const figure of uncertain) {
      expect(figure).toMatchObject({ outcome: 'inconclusive', interval: { low: null, high: null } })
      expect(figure.settledBy).toBe('6 or more rounds a side (there is one)')
    }
    expect(figureOf(comparison, 'bytes.perMessage')).toMatchObject({ outcome: 'equivalent', exact: true })
  })

  test('one a side with other bytes does not tell that they would be the same again', () => {
    const more = run(1, 2_000, {
      alter: (trial) => ({ bytes: { ...trial.bytes, perMessage: (trial.bytes.perMessage ?? 0) * 1.01 } }),
    })
    expect(figureOf(compare(run(1, 2_000), more), 'bytes.perMessage')).toMatchObject({ outcome: 'inconclusive', exact: false })
    const thrice = { alter: (trial: Trial) => ({ bytes: { ...trial.bytes, perMessage: (trial.bytes.perMessage ?? 0) * 1.01 } }) }
    expect(figureOf(compare(run(3, 2_000), run(3, 2_000, thrice)), 'bytes.perMessage')).toMatchObject({
      outcome: 'regressed',
      exact: true,
    })
  })

  test('three a side say about how many more', () => {
    const figure = figureOf(compare(run(3, 2_000), run(3, 2_400)), 'latencyUs.p50')
    expect(figure?.outcome).toBe('inconclusive')
    expect(figure?.settledBy).toMatch(/^about \d+ more rounds a side$/)
  })
})

describe('trials that are invalid', () => {
  const invalid = (from: number) => ({
    alter: ({ round }: Trial) =>
      round >= from ? { verdict: buildVerdict(buildReason()), latencyUs: buildDistribution(90_000) } : {},
  })

  test('take no part', () => {
    const figure = figureOf(compare(run(10, 2_000), run(10, 2_004, invalid(9))), 'latencyUs.p50')
    expect(figure?.candidate).toMatchObject({ trials: 8, invalid: 2, degraded: 0 })
    expect(figure?.candidate.median).toBeLessThan(2_200)
  })

  test('all of them leave nothing to compare: exit code 3', () => {
    const comparison = compare(run(3, 2_000), run(3, 2_000, invalid(1)))
    expect(comparison.exitCode).toBe(3)
    for (const figure of comparison.figures) {
      expect(figure).toMatchObject({ outcome: 'inconclusive', ratio: null, interval: null })
      expect(figure.settledBy).toBe('a valid trial with a value in the candidate')
    }
    expect(comparison.ledgers).toEqual([])
  })

  test('degraded ones count, and are counted', () => {
    const degraded = run(3, 2_000, {
      alter: ({ round }) => (round === 1 ? { verdict: buildVerdict(buildReason({ severity: 'degraded' })) } : {}),
    })
    expect(figureOf(compare(run(3, 2_000), degraded), 'latencyUs.p50')?.candidate).toMatchObject({
      trials: 3,
      degraded: 1,
      invalid: 0,
    })
  })
})

test('more missing messages than the baseline has are said, for each message expected', () => {
  const missing = (count: number) => ({ alter: (trial: Trial) => ({ messages: { ...trial.messages, missing: count } }) })
  const worse = compare(run(2, 2_000, missing(1)), run(2, 2_000, missing(2)))
  expect(worse.ledgers.filter(({ status }) => status === 'fail')).toEqual([
    { label: 'websocket', kind: 'missing', baseline: 2, candidate: 4, status: 'fail' },
  ])
  // Twice as many rounds with twice as many missing.
  expect(compare(run(2, 2_000, missing(1)), run(4, 2_000, missing(1))).ledgers.every(({ status }) => status === 'pass')).toBe(
    true,
  )
})

describe('runs that differ', () => {
  const planned = (change: (trial: Result['plan']['trials'][number]) => Partial<Result['plan']['trials'][number]>): Result => {
    const result = run(2, 2_000)
    return { ...result, plan: { ...result.plan, trials: result.plan.trials.map((trial) => ({ ...trial, ...change(trial) })) } }
  }

  test('in what they measured are refused, with every difference', () => {
    const other = planned((trial) => ({
      feed: { ...trial.feed, arrival: 'periodic' },
      phases: { ...trial.phases, measureUs: 9e6 },
      options: { interval: 1 },
    }))
    expect(() => compare(run(2, 2_000), other)).toThrow(/E_NOT_COMPARABLE/)
    try {
      compare(run(2, 2_000), other)
    } catch (error) {
      const lines = (error as Error).message.split('\n').filter((line) => line.startsWith('after: expected'))
      expect(lines.map((line) => /the (.+?) of before/.exec(line)?.[1])).toEqual(['feed', 'phases', 'options of websocket'])
    }
  })

  test('in labels and load points altogether are refused', () => {
    const thousand = { loadPoints: [{ ...LOAD, clients: 1_000 }] }
    expect(() => compare(run(2, 2_000), run(2, 2_000, thousand))).toThrow(
      /labels and load points of before, which is websocket with clients=200 ratePerSec=20 payloadBytes=200, but it is websocket with clients=1000 /,
    )
  })

  test('in seeds alone do not differ', () => {
    const other = planned((trial) => ({ clientSeed: 9, feed: { ...trial.feed, seed: 9 } }))
    expect(compare(run(2, 2_000), other).differences).toEqual([])
  })

  test("in the feedbench that measured a server of the user's own are warned of; between two feedbenches it is what is compared", () => {
    const surface = { path: '/', cursor: null, poll: null, events: null, protocol: null, send: null }
    const target = { process: null, host: '127.0.0.1', port: 80, ready: { path: null, timeoutUs: 1 }, surface, publish: null }
    const newer = (result: Result): Result => ({ ...result, feedbench: { version: '9.0.0' } })
    const ofTarget = planned(() => ({ target }))
    expect(compare(ofTarget, newer(ofTarget)).differences).toEqual([
      { what: 'feedbench that measured', baseline: ofTarget.feedbench.version, candidate: '9.0.0', weight: 'warning' },
    ])
    expect(compare(run(2, 2_000), newer(run(2, 2_000))).differences).toEqual([])
  })

  test('in some labels, the machine and how far they came are warned of', () => {
    const baseline = run(2, 2_000, { labels: ['websocket', 'sse'] })
    const candidate = run(3, 2_000, { finished: 2 })
    const { environment } = candidate
    const elsewhere = { ...candidate, environment: { ...environment, cpu: { ...environment.cpu, cores: 64 } } }
    expect(compare(baseline, elsewhere).differences).toEqual([
      { what: 'measured of sse in one run only', baseline: '1 load point', candidate: 'none', weight: 'warning' },
      { what: 'cores', baseline: String(environment.cpu.cores), candidate: '64', weight: 'warning' },
      { what: 'trials that finished', baseline: '4 of 4', candidate: '2 of 3', weight: 'warning' },
    ])
  })
})
