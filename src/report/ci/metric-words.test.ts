import { expect, test } from 'vitest'
import { formatChangeWithin, formatMargin, formatMetric, metricName, unitOf } from './metric-words.js'

test.each([
  [1, '0 %'],
  [1.00001, '0 %'],
  [1.0052, '+0.52 %'],
  [1.034, '+3.4 %'],
  [0.966, '-3.4 %'],
  [1.12, '+12 %'],
  [0.5, '-50 %'],
  [null, '-'],
])('a ratio of %j is %s', (ratio, text) => expect(formatChangeWithin(ratio, null)).toBe(text))

test('an end that is not bounded is open', () => {
  expect(formatChangeWithin(1.12, { low: 1.081, high: null })).toBe('+12 % [+8.1 %, open]')
})

test('margins are percent as they were written', () => {
  expect([0.05, 0.005, 0.001, 0.1].map(formatMargin)).toEqual(['5 %', '0.5 %', '0.1 %', '10 %'])
})

test('a metric has a name, a unit and a scale, one that is in no table too', () => {
  expect([metricName('latencyUs.p50'), unitOf('latencyUs.p50'), formatMetric('latencyUs.p50', 2_310)]).toEqual([
    'latency p50',
    'us',
    '2.31 ms',
  ])
  expect([metricName('latencyUs.windowedP99'), unitOf('latencyUs.windowedP99')]).toEqual(['latency windowed p99', 'us'])
  expect([metricName('constructor'), unitOf('constructor'), formatMetric('constructor', 2)]).toEqual([
    'constructor',
    'ratio',
    '2',
  ])
})
