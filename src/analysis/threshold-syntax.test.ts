import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { METRIC_PATHS } from './metric-table.js'
import { parseThreshold } from './threshold-syntax.js'

test.each([
  ['websocket.latencyUs.p99 < 100ms', 'websocket', 'latencyUs.p99', '<', 100_000],
  ['*.messages.missing == 0', '*', 'messages.missing', '==', 0],
  ['polling(interval=1.5s).latencyUs.p99 <= 2s', 'polling(interval=1.5s)', 'latencyUs.p99', '<=', 2_000_000],
  [
    'polling(interval=1.5s, mode=latest).stalenessUs.mean<1s',
    'polling(interval=1.5s, mode=latest)',
    'stalenessUs.mean',
    '<',
    1_000_000,
  ],
  ['*.server.cpuUsPerMessage < 50us', '*', 'server.cpuUsPerMessage', '<', 50],
  ['*.bytes.perMessage < 300B', '*', 'bytes.perMessage', '<', 300],
  ['*.server.rssBytesPerConnection < 20KiB', '*', 'server.rssBytesPerConnection', '<', 20_480],
  ['*.requests.perMessage <= 1.5', '*', 'requests.perMessage', '<=', 1.5],
  ['sse.latencyUs.p75 >= 1ms', 'sse', 'latencyUs.p75', '>=', 1_000],
  ['sse.latencyUs.p99.9 > 1ms', 'sse', 'latencyUs.p99.9', '>', 1_000],
  ['sse.latencyUs.p999 > 1ms', 'sse', 'latencyUs.p999', '>', 1_000],
  ['sse.driver.lagUs.p99 < 1ms', 'sse', 'driver.lagUs.p99', '<', 1_000],
  ['sse.bytes.lifetime.received != 1kB', 'sse', 'bytes.lifetime.received', '!=', 1_000],
])('%s', (text, selector, metric, op, value) => {
  expect(parseThreshold(text)).toEqual({ selector, metric, op, value })
})

describe('is refused with what was expected and what came', () => {
  test.each([
    [
      '',
      'expected <selector>.<metric>, one of <= >= == != < > and a value, such as websocket.latencyUs.p99 < 100ms, got nothing',
    ],
    ['websocket.latencyUs.p99 = 100ms', 'got "websocket.latencyUs.p99 = 100ms"'],
    [
      'websocket.latencyUs.p99 < 100',
      'expected a duration with its unit, such as 100ms or 50us to compare latencyUs.p99 with, got "100"',
    ],
    ['websocket.latencyUs.p99 < 100B', 'expected a duration with its unit'],
    ['websocket.latencyUs.p99 <', 'got nothing'],
    ['websocket.latencyUs.p99 < -1ms', 'expected a duration'],
    ['*.server.cpuUsPerMessage < 0.4us', 'expected a duration with its unit'],
    ['*.bytes.perMessage < 300', 'expected a size with its unit, such as 300B or 2KiB'],
    ['*.bytes.perMessage < 300ms', 'expected a size'],
    ['*.messages.missing == 0ms', 'expected a plain number to compare messages.missing with, got "0ms"'],
    ['*.requests.perMessage <= 5%', 'expected a plain number'],
    ['*.latencyUs.p0 < 1ms', 'expected a metric of a trial'],
    ['*.latencyUs.p100.5 < 1ms', 'expected a metric of a trial'],
    ['*.latency.p99 < 1ms', 'expected a metric of a trial (nearest: latencyUs.p99), got "latency.p99"'],
    ['polling(interval=1.5s).messages.mising == 0', 'nearest: messages.missing), got "messages.mising"'],
    ['*.windows.length == 0', 'expected a metric of a trial'],
    ['*.constructor == 0', 'expected a metric of a trial'],
    ['latencyUs.p99 < 1ms', 'expected a label, a transport or * before the metric, such as *.latencyUs.p99'],
    ['.latencyUs.p99 < 1ms', 'expected a label, a transport or * before the metric'],
    ['websocket < 1ms', 'expected <selector>.<metric>, such as websocket.latencyUs.p99 < 100ms, got "websocket"'],
  ])('%s', (text, message) => expect(() => parseThreshold(text)).toThrow(message))
})

test('every known metric can be limited, whatever the label', () => {
  const label = fc.stringMatching(/^[a-z-]{1,8}(\([a-z]{1,5}=[0-9]\.[0-9]s\))?$/)
  fc.assert(
    fc.property(label, fc.constantFrom(...METRIC_PATHS), fc.constantFrom('1', '1ms', '1B'), (selector, metric, value) => {
      try {
        expect(parseThreshold(`${selector}.${metric} <= ${value}`)).toMatchObject({ selector, metric, op: '<=' })
      } catch (error) {
        expect((error as Error).message).toContain(`to compare ${metric} with`)
      }
    }),
  )
})
