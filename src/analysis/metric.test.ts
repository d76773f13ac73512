import { expect, test } from 'vitest'
import { distribution, Histogram } from '../measure/histogram.js'
import { buildTrial } from '../testing/builders.js'
import { buildSlowReaders } from '../testing/slow-readers.js'
import { metricOf } from './metric.js'
import { METRIC_PATHS, metricInfo, parsePercentile } from './metric-table.js'

const histogram = new Histogram()
for (let us = 1; us <= 1_000; us++) histogram.record(us)
const latencyUs = distribution(histogram)
const trial = buildTrial({ latencyUs })

test.each([
  ['latencyUs.p50', 500],
  ['latencyUs.p75', 750],
  ['latencyUs.p99.9', 999],
  ['latencyUs.p999', 999],
  ['latencyUs.p100', 1_000],
  ['latencyUs.max', 1_000],
  ['latencyUs.count', 1_000],
  ['messages.missing', 0],
  ['driver.lagUs.p95', trial.driver.lagUs.p95],
  ['bytes.lifetime.sent', trial.bytes.lifetime.sent],
  ['slowReaders.latencyUs.p50', null],
  ['slowReaders.missing', null],
  ['requests.messagesPerResponse', null],
  ['latencyUs.histogram', null],
  ['latencyUs.nothing', null],
  ['label', null],
  ['constructor.name', null],
])('%s is %s', (path, value) => expect(metricOf(trial, path)).toBe(value))

test('a percentile of nothing is not 0', () => {
  const empty = buildTrial({ latencyUs: distribution(new Histogram()) })
  expect(metricOf(empty, 'latencyUs.p99')).toBeNull()
  expect(metricOf(empty, 'latencyUs.p75')).toBeNull()
  expect(metricOf(empty, 'latencyUs.count')).toBe(0)
})

test('every listed metric leads to a figure of a trial', () => {
  const polling = buildTrial({ transport: 'polling' })
  const streaming = buildTrial({ slowReaders: buildSlowReaders() })
  for (const path of METRIC_PATHS) {
    expect(metricInfo(path), path).toBeDefined()
    expect(metricOf(polling, path) ?? metricOf(streaming, path), path).not.toBeNull()
  }
})

test.each([
  ['p50', 50],
  ['p9', 9],
  ['p99.9', 99.9],
  ['p999', 99.9],
  ['p9999', 99.99],
  ['p99.99', 99.99],
  ['p100', 100],
  ['p0', undefined],
  ['p100.1', undefined],
  ['p', undefined],
  ['50', undefined],
  ['p-5', undefined],
  ['p5e1', undefined],
])('%s is the percentile %s', (text, percentile) => expect(parsePercentile(text)).toBe(percentile))
