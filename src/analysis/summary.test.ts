import { describe, expect, test } from 'vitest'
import { distribution, mergeHistograms } from '../measure/histogram.js'
import type { SummaryMetric } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { buildDistribution, buildReason, buildResult, buildVerdict, LOAD, type ResultParts } from '../testing/builders.js'

const INVALID = buildVerdict(buildReason())
const DEGRADED = buildVerdict(buildReason({ code: 'CPU_OTHERS', severity: 'degraded' }))
const FINDING = buildVerdict(buildReason({ code: 'SERVER_SATURATED', severity: 'finding' }))

const only = (label: string, part: Partial<Trial>) => (trial: Trial) => (trial.label === label ? part : {})

describe('rows', () => {
  const summary = (parts: ResultParts) => buildResult({ labels: ['sse', 'websocket'], rounds: 3, ...parts }).summary

  test('median, least and greatest over the rounds', () => {
    const [row] = summary({
      alter: ({ round, bytes }) => ({ bytes: { ...bytes, perMessage: [310, 200, 220][round - 1] ?? null } }),
    }).rows
    expect(row?.metrics['bytes.perMessage']).toEqual({ median: 220, min: 200, max: 310 })
  })

  test('an invalid round does not count, but makes the verdict', () => {
    const alter = ({ round, bytes }: Trial) => (round === 1 ? { bytes: { ...bytes, perMessage: 9_999 }, verdict: INVALID } : {})
    expect(summary({ alter }).rows[0]).toMatchObject({
      verdict: 'invalid',
      rounds: { valid: 2, degraded: 0, invalid: 1 },
      reasons: ['DRIVER_LAG'],
      metrics: { 'bytes.perMessage': { max: 221 } },
    })
  })

  test('where each is invalid the figures are there all the same', () => {
    expect(summary({ alter: () => ({ verdict: INVALID }) }).rows[0]?.metrics['bytes.perMessage'].median).toBe(221)
  })

  test('a cell without a trial has a row, and nothing in it', () => {
    const { rows } = summary({ finished: 1 })
    expect(rows).toHaveLength(2)
    expect(rows[1]).toMatchObject({ label: 'websocket', verdict: 'invalid', rounds: { valid: 0, degraded: 0, invalid: 0 } })
    expect(rows[1]?.metrics['latencyUs.p50']).toEqual({ median: null, min: null, max: null })
  })

  test('a row for each label and load point, load points first', () => {
    const { rows } = summary({ loadPoints: [LOAD, { ...LOAD, clients: 5 }] })
    expect(rows.map(({ label, load }) => [load.clients, label])).toEqual([
      [200, 'sse'],
      [200, 'websocket'],
      [5, 'sse'],
      [5, 'websocket'],
    ])
  })
})

describe('winners', () => {
  /** Bytes per message of each label in each round; all else is as it is. */
  function winner(
    values: Record<string, (number | null)[]>,
    parts: ResultParts = {},
    metric: SummaryMetric = 'bytes.perMessage',
  ) {
    const rounds = Math.max(...Object.values(values).map(({ length }) => length))
    const alter = (trial: Trial) => {
      const perMessage = values[trial.label]?.[trial.round - 1] ?? null
      return { bytes: { ...trial.bytes, perMessage }, ...parts.alter?.(trial) }
    }
    const { winners } = buildResult({ labels: Object.keys(values), ...parts, rounds, alter }).summary
    const found = winners.find((entry) => entry.metric === metric)
    return found === undefined ? undefined : (found.label ?? found.why)
  }

  test.each([
    ['lies apart', { sse: [300, 310, 310], websocket: [200, 205, 205] }, 'websocket'],
    ['two overlap', { sse: [200, 310, 310], websocket: [190, 205, 205] }, 'the spread of websocket and sse overlaps'],
    ['touching is overlapping', { sse: [205, 310, 310], websocket: [190, 205, 205] }, 'the spread of websocket and sse overlaps'],
    [
      'a third that reaches far',
      { a: [100, 110, 110], b: [150, 160, 160], c: [105, 900, 900] },
      'the spread of a and c overlaps',
    ],
    ['all equal', { a: [0, 0, 0], b: [0, 0, 0] }, 'all equal'],
    ['two equal at the top', { a: [5, 5, 5], b: [5, 5, 5], c: [9, 9, 9] }, 'a and b are equal'],
    ['two rounds', { a: [1, 1], b: [2, 2] }, 'with 2 rounds a difference cannot be told from noise (use --rounds 3 or more)'],
    ['one round', { a: [1], b: [2] }, 'with one round a difference cannot be told from noise (use --rounds 3 or more)'],
    ['alone', { a: [1, 1, 1] }, 'there is nothing to compare with'],
    ['not measured', { a: [null, null, null], b: [null, null, null] }, 'not measured'],
    ['measured for one', { a: [1, 1, 1], b: [null, null, null] }, 'not measured for b'],
  ])('%s', (_, values, expected) => expect(winner(values)).toBe(expected))

  const apart = { polling: [300, 310, 310], sse: [250, 251, 251], websocket: [200, 205, 205] }

  test('none where a trial of the load point is invalid, and the cause is named', () => {
    expect(winner(apart, { alter: only('polling', { verdict: INVALID }) })).toBe('polling is invalid (DRIVER_LAG)')
  })

  test('none where one is degraded; a finding is not among the causes', () => {
    const verdict = { ...DEGRADED, reasons: [...DEGRADED.reasons, ...FINDING.reasons] }
    expect(winner(apart, { alter: only('sse', { verdict }) })).toBe('sse is degraded (CPU_OTHERS)')
  })

  test("a finding alone stands in nobody's way", () => {
    expect(winner(apart, { alter: only('sse', { verdict: FINDING }) })).toBe('websocket')
  })

  test('another load point is another matter', () => {
    const parts: ResultParts = {
      labels: ['polling', 'websocket'],
      loadPoints: [LOAD, { ...LOAD, clients: 5 }],
      rounds: 3,
      alter: (trial) => (trial.load.clients === 5 && trial.label === 'polling' ? { verdict: INVALID } : {}),
    }
    const found = buildResult(parts).summary.winners.filter(({ metric }) => metric === 'latencyUs.p50')
    expect(found.map(({ load, label }) => [load.clients, label])).toEqual([
      [200, 'websocket'],
      [5, null],
    ])
  })

  test('messages per response has no better side', () => {
    expect(winner(apart, {}, 'requests.messagesPerResponse')).toBeUndefined()
  })
})

describe('exit code', () => {
  const FAILING = 'websocket.bytes.perMessage < 1B'
  test.each<[string, number, ResultParts]>([
    ['everything valid', 0, {}],
    ['degraded trials', 0, { alter: () => ({ verdict: DEGRADED }) }],
    ['thresholds hold', 0, { thresholds: ['*.messages.missing == 0'] }],
    ['a threshold is broken', 1, { thresholds: ['*.messages.missing == 0', FAILING] }],
    ['one trial is invalid', 3, { alter: only('sse', { verdict: INVALID }) }],
    ['invalid comes before broken', 3, { thresholds: [FAILING], alter: only('sse', { verdict: INVALID }) }],
    ['a threshold without data', 3, { thresholds: ['nobody.messages.missing == 0'] }],
    ['no trials at all', 3, { finished: 0 }],
    ['not all trials', 3, { finished: 1, endedEarly: 'interrupted' }],
  ])('%s: %i', (_, exitCode, parts) =>
    expect(buildResult({ labels: ['sse', 'websocket'], ...parts }).summary.exitCode).toBe(exitCode),
  )
})

test('a percentile that rests on too few independent samples names no winner, however many messages there were', () => {
  // All that is late is late in one second of five: 200 x 100 deliveries a second, worth a handful of samples.
  const series = [0, 1, 2, 3, 4].map((second) => {
    const { count, p50, p99, max, histogram } = buildDistribution(second === 2 ? 80_000 : 1_000)
    return { atMs: second * 1e3, lengthMs: 1e3, delivered: count, bytesReceived: 0, latencyUs: { p50, p99, max, histogram } }
  })
  const alter = ({ messages, label }: Trial): Partial<Trial> => ({
    messages: { ...messages, published: 500 },
    ...(label === 'sse'
      ? { series, latencyUs: distribution(mergeHistograms(series.map(({ latencyUs }) => latencyUs.histogram ?? ''))) }
      : {}),
  })
  const { winners } = buildResult({ labels: ['sse', 'websocket'], rounds: 3, alter }).summary
  const p99 = winners.find(({ metric }) => metric === 'latencyUs.p99')
  expect(p99?.label).toBeNull()
  expect(p99?.why).toMatch(/^the deliveries of sse are worth \d+ independent samples, and it needs 368$/)
  expect(winners.find(({ metric }) => metric === 'bytes.perMessage')?.label).toBe('websocket')
})
