import { describe, expect, test } from 'vitest'
import { metricOf } from '../../analysis/metric.js'
import { buildReason, buildResult, buildVerdict, LOAD } from '../../testing/builders.js'
import { buildComparison, buildGate } from '../../testing/gates.js'
import { COLUMNS } from '../columns.js'
import { renderBenchmarkAction, renderBmf } from './history.js'
import { ciOfComparison } from './of-comparison.js'
import { ciOfGate } from './of-gate.js'
import { ciOfRun } from './of-run.js'

interface Entry {
  name: string
  unit: string
  value: number
  range?: string
  extra: string
}
type Bmf = Record<string, Record<string, { value: number; lower_value?: number; upper_value?: number }>>

const entriesOf = (...reports: Parameters<typeof renderBenchmarkAction>[0]) =>
  JSON.parse(renderBenchmarkAction(reports)) as Entry[]
const bmfOf = (...reports: Parameters<typeof renderBmf>[0]) => JSON.parse(renderBmf(reports)) as Bmf

const three = buildResult({ labels: ['sse', 'websocket'], rounds: 3 })
const invalid = buildResult({
  labels: ['sse', 'websocket'],
  alter: ({ label }) => (label === 'sse' ? { verdict: buildVerdict(buildReason()) } : {}),
})

describe('for benchmark-action', () => {
  test('is each figure of which less is better, in base units, with its rounds', () => {
    const entries = entriesOf(ciOfRun(three))
    expect(new Set(entries.map(({ name }) => name)).size).toBe(2 * COLUMNS.length)
    const p50 = three.trials.filter(({ label }) => label === 'sse').map((trial) => metricOf(trial, 'latencyUs.p50') ?? 0)
    const [least = 0, middle = 0, most = 0] = p50.sort((a, b) => a - b)
    expect(entries[0]).toEqual({
      name: 'quick: sse latency p50',
      unit: 'us',
      value: middle,
      range: `${least} to ${most}`,
      extra: '3 rounds, valid',
    })
    expect(entries.find(({ name }) => name === 'quick: sse bytes/message')?.unit).toBe('B')
  })

  test('has no range from one round, and tells load points apart', () => {
    expect(entriesOf(ciOfRun(buildResult({ labels: ['sse'] })))[0]).not.toHaveProperty('range')
    const loads = buildResult({ labels: ['sse'], loadPoints: [LOAD, { ...LOAD, clients: 400 }] })
    const names = entriesOf(ciOfRun(loads)).map(({ name }) => name)
    expect(new Set(names).size).toBe(2 * COLUMNS.length)
    expect(names[0]).toBe('quick: sse at 200 clients, 20/s, 200 B latency p50')
  })

  test('has nothing of a label whose every round is invalid', () => {
    expect(entriesOf(ciOfRun(invalid)).filter(({ name }) => name.includes('sse'))).toEqual([])
    expect(entriesOf(ciOfRun(invalid)).length).toBe(COLUMNS.length)
  })

  test('tells several reports apart', () => {
    const names = entriesOf(ciOfRun(three), ciOfGate(buildGate())).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(['1 quick: sse latency p50', '2 quick: sse latency p50']))
  })
})

describe('for Bencher', () => {
  test('is a measure a figure, its unit last in its name, with the least and the greatest round', () => {
    const bmf = bmfOf(ciOfRun(three))
    expect(Object.keys(bmf)).toEqual(['quick: sse', 'quick: websocket'])
    expect(Object.keys(bmf['quick: sse'] ?? {})).toEqual([
      'latency-p50-us',
      'latency-p99-us',
      'latency-max-us',
      'transit-p50-us',
      'messages-missing',
      'bytes-per-message',
      'bytes-overhead-ratio',
      'requests-per-message',
      'server-cpu-per-message-us',
      'server-rss-bytes-per-connection',
    ])
    for (const measures of Object.values(bmf))
      for (const { value, lower_value, upper_value } of Object.values(measures)) {
        expect(lower_value).toBeLessThanOrEqual(value)
        expect(upper_value).toBeGreaterThanOrEqual(value)
      }
  })

  test('has names that it takes', () => {
    const long = ciOfRun(buildResult({ labels: ['x'.repeat(1_000)], scenario: { name: 'y'.repeat(1_000) } }))
    for (const [name, measures] of Object.entries(bmfOf(long, ciOfGate(buildGate())))) {
      expect(name.length).toBeLessThanOrEqual(1_024)
      for (const measure of Object.keys(measures)) expect(measure).toMatch(/^[a-z0-9-]{1,64}$/)
    }
  })
})

describe('of a gate', () => {
  test('are the figures of the candidate, over the rounds that are valid', () => {
    const gate = buildGate({
      labels: ['sse'],
      alterRound: ({ round }) =>
        round === 1
          ? {
              validity: { status: 'invalid', reasons: [] },
              values: [{ label: 'sse', metric: 'latencyUs.p50', lnRatio: 9, baseline: 1, candidate: 1, pairs: 1, dropped: 0 }],
            }
          : {},
    })
    const { value = 0, lower_value = 0, upper_value } = bmfOf(ciOfGate(gate))['quick: sse']?.['latency-p50-us'] ?? {}
    expect(value).toBe(gate.verdict.metrics[0]?.candidate)
    expect(lower_value / value).toBeCloseTo(0.96)
    expect(upper_value).toBeGreaterThan(value)
    expect(Object.keys(bmfOf(ciOfGate(gate))['quick: sse'] ?? {})).toContain('latency-windowed-p99-us')
  })

  test('are none where the gate is invalid, or a figure was not measured', () => {
    expect(entriesOf(ciOfGate(buildGate({ verdict: { status: 'invalid', exitCode: 3 } })))).toEqual([])
    expect(entriesOf(ciOfGate(buildGate({ alter: () => ({ ratio: null, candidate: null }) })))).toEqual([])
  })
})

test('a comparison has none: each of its runs has its own', () => {
  expect(bmfOf(ciOfComparison(buildComparison()))).toEqual({})
})
