import { describe, expect, test } from 'vitest'
import type { ThresholdOutcome } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { buildDistribution, buildReason, buildResult, buildVerdict, LOAD, type ResultParts } from '../testing/builders.js'

const INVALID = buildVerdict(buildReason())
const DEGRADED = buildVerdict(buildReason({ code: 'CPU_OTHERS', severity: 'degraded' }))

function outcome(threshold: string, parts: ResultParts = {}): ThresholdOutcome | undefined {
  return buildResult({ labels: ['websocket'], rounds: 3, thresholds: [threshold], ...parts }).summary.thresholds[0]
}

/** Replaces a part of the trials of one round. */
const inRound = (round: number, part: (trial: Trial) => Partial<Trial>) => (trial: Trial) =>
  trial.round === round ? part(trial) : {}
const losing =
  (missing: number) =>
  ({ messages }: Trial) => ({ messages: { ...messages, missing, delivered: messages.expected - missing } })

describe('medians over the rounds', () => {
  test('one slow round does not break a limit on a percentile', () => {
    const alter = inRound(2, () => ({ latencyUs: buildDistribution(900_000) }))
    expect(outcome('websocket.latencyUs.p99 < 100ms', { alter })?.status).toBe('pass')
  })

  test('two of three do', () => {
    const alter = (trial: Trial) => (trial.round === 1 ? {} : { latencyUs: buildDistribution(900_000) })
    const found = outcome('websocket.latencyUs.p99 < 100ms', { alter })
    expect(found?.status).toBe('fail')
    expect(found?.checks[0]?.value).toBeGreaterThan(900_000)
  })

  test('an invalid round does not count', () => {
    const alter = (trial: Trial) => (trial.round === 1 ? {} : { latencyUs: buildDistribution(900_000), verdict: INVALID })
    expect(outcome('websocket.latencyUs.p99 < 100ms', { alter })?.status).toBe('pass')
  })

  test('a degraded round does', () => {
    const alter = (trial: Trial) => (trial.round === 1 ? {} : { latencyUs: buildDistribution(900_000), verdict: DEGRADED })
    expect(outcome('websocket.latencyUs.p99 < 100ms', { alter })?.status).toBe('fail')
  })

  test('a round without the figure leaves no median', () => {
    const alter = inRound(2, ({ server }) => ({ server: { ...server, cpuUsPerMessage: null } }))
    expect(outcome('*.server.cpuUsPerMessage < 1s', { alter })).toMatchObject({ status: 'no-data', checks: [{ value: null }] })
  })
})

describe('counts in every round', () => {
  test('one message missing in one round is one too many', () => {
    expect(outcome('*.messages.missing == 0', { alter: inRound(3, losing(1)) })).toMatchObject({
      status: 'fail',
      checks: [{ value: 1 }],
    })
  })

  test('a broken limit is broken although another round is invalid', () => {
    const alter = (trial: Trial) => (trial.round === 1 ? losing(4)(trial) : trial.round === 2 ? { verdict: INVALID } : {})
    expect(outcome('*.messages.missing < 3', { alter })).toMatchObject({ status: 'fail', checks: [{ value: 4 }] })
  })

  test('an invalid round cannot show that a limit holds', () => {
    expect(outcome('*.messages.missing == 0', { alter: inRound(2, () => ({ verdict: INVALID })) })?.status).toBe('no-data')
  })

  test('neither can a round that did not take place', () => {
    expect(outcome('*.messages.missing == 0', { finished: 2 })?.status).toBe('no-data')
  })

  test.each([
    ['*.messages.missing <= 10', 7],
    ['*.messages.missing >= 0', 0],
    ['*.messages.missing != 3', 7],
  ])('%s shows the round that came nearest or went furthest', (threshold, value) => {
    expect(outcome(threshold, { alter: inRound(2, losing(7)) })?.checks[0]).toMatchObject({ value, status: 'pass' })
  })
})

describe('what is selected', () => {
  const labels = ['polling(interval=1s)', 'polling(interval=1.5s)', 'sse']
  const loadPoints = [LOAD, { ...LOAD, clients: 1_000 }]

  test.each([
    ['*', 6],
    ['polling', 4],
    ['polling(interval=1.5s)', 2],
    ['sse', 2],
    ['websocket', 0],
  ])('%s selects %i cells', (selector, count) => {
    expect(outcome(`${selector}.messages.missing == 0`, { labels, loadPoints })?.checks).toHaveLength(count)
  })

  test('a limit must hold at every load point', () => {
    const alter = (trial: Trial) => (trial.load.clients === 1_000 ? losing(2)(trial) : {})
    const found = outcome('sse.messages.missing == 0', { labels, loadPoints, alter })
    expect(found).toMatchObject({ status: 'fail', checks: [{ status: 'pass' }, { status: 'fail', load: { clients: 1_000 } }] })
  })
})

describe('no data is never a pass', () => {
  test.each([
    ['no trial', 'websocket.latencyUs.p99 < 100ms', { finished: 0 }],
    ['no valid trial', 'websocket.latencyUs.p99 < 100ms', { alter: () => ({ verdict: INVALID }) }],
    ['nothing selected', 'sse.latencyUs.p99 < 100ms', {}],
    ['not readable', 'sse is fast', {}],
  ])('%s', (_, threshold, parts) => expect(outcome(threshold, parts)?.status).toBe('no-data'))
})
