import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeHistogram, mergeHistograms } from '../src/measure/histogram.js'
import type { Distribution, Trial } from '../src/model/trial.js'
import { ALL_TRANSPORTS, feedbench, readResult, temporaryFolder, writeScenario } from './command.js'

/** The figures of a run of all five transports: present, and in agreement with each other. */

const CLIENTS = 20
const folder = await temporaryFolder()
const names = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket']
let trials: Trial[]

beforeAll(async () => {
  const out = join(folder, 'out')
  await feedbench(['run', writeScenario(folder, 'tiny', { clients: CLIENTS, transports: ALL_TRANSPORTS }), '--out', out])
  trials = readResult(out).trials
})

function trialOf(transport: string): Trial {
  return trials.find((trial) => trial.transport === transport) as Trial
}

const DISTRIBUTION = 'count min mean p50 p90 p95 p99 p999 max histogram'
const COST = 'cpuUs eventLoopUtilization eventLoopDelayUsP99 gcUs rssBytes'

/** The members that the contract names, word for word. */
const CONTRACT: Record<string, string> = {
  '': `transport label round load windows verdict messages latencyUs transitUs publishDelayUs connectUs stalenessUs bytes requests
    connections server driver drivers series predicted`,
  load: 'clients ratePerSec payloadBytes',
  predicted: 'figures notCovered',
  'windows.0': 'startUs endUs side tag',
  verdict: 'status reasons',
  messages: 'scheduled published expected delivered missing superseded duplicates reordered',
  latencyUs: DISTRIBUTION,
  transitUs: DISTRIBUTION,
  publishDelayUs: DISTRIBUTION,
  connectUs: DISTRIBUTION,
  stalenessUs: DISTRIBUTION,
  bytes: 'payload received sent perMessage overheadRatio lifetime',
  'bytes.lifetime': 'received sent',
  requests: 'total empty failed skipped perMessage messagesPerResponse',
  connections: 'opened failed reconnects',
  server: `${COST} cpuUsPerMessage rssBytesPerConnection`,
  driver: COST,
  'drivers.0': `${COST} lagUs`,
  'series.0': 'atMs delivered latencyUs bytesReceived',
  'series.0.latencyUs': 'p50 p99 max histogram',
}

describe.each(names)('a trial of %s', (name) => {
  test('has every member of the contract, and a reason for each that was not measured', () => {
    const trial = trialOf(name)
    for (const [place, members] of Object.entries(CONTRACT)) {
      const part = memberAt(trial, place) as Record<string, unknown>
      for (const member of members.split(/\s+/)) {
        expect(part, `${place} has ${member}`).toHaveProperty(member)
        expect(part[member], `${place}.${member}`).not.toBeUndefined()
      }
    }
    const mayBeNull = /^(windows|verdict|predicted)\b/
    const unexplained = nullPaths(trial).filter((path) => !mayBeNull.test(path) && trial.notMeasured[path] === undefined)
    expect(unexplained).toEqual([])
  })

  test('loses nothing, and its ledger adds up', () => {
    const { scheduled, published, expected, delivered, missing, superseded, duplicates } = trialOf(name).messages
    expect({ scheduled, published, missing, superseded, duplicates }).toEqual({
      ...{ scheduled: 20, published: 20, missing: 0, superseded: 0, duplicates: 0 },
    })
    expect(expected).toBe(scheduled * CLIENTS)
    expect(delivered + missing + superseded).toBe(expected)
    expect(trialOf(name).connections).toEqual({ opened: CLIENTS, failed: 0, reconnects: 0 })
    const codes = trialOf(name).verdict.reasons.map(({ code }) => code)
    for (const code of ['LEDGER_MISMATCH', 'NEGATIVE_LATENCY', 'LEDGER_OVERFLOW', 'REQUESTS_FAILED']) {
      expect(codes).not.toContain(code)
    }
  })

  test('has histograms that decode to the figures beside them', () => {
    const { latencyUs, transitUs, publishDelayUs, connectUs, stalenessUs, driver, messages } = trialOf(name)
    const fields = { latencyUs, transitUs, publishDelayUs, connectUs, lagUs: driver.lagUs }
    for (const [field, figures] of Object.entries(fields)) expect(figuresOf(figures), field).toMatchObject(decoded(figures))
    expect(decodeHistogram(stalenessUs.histogram ?? '').percentile(99)).toBe(stalenessUs.p99)
    expect(latencyUs.count).toBe(messages.delivered)
    expect(transitUs.count).toBe(messages.delivered)
    expect(publishDelayUs.count).toBe(messages.published)
    expect(connectUs.count).toBe(CLIENTS)
  })

  test('has a series that adds up to the whole', () => {
    const { series, messages, latencyUs, bytes } = trialOf(name)
    expect(sum(series.map(({ delivered }) => delivered))).toBe(messages.delivered)
    expect(sum(series.map(({ bytesReceived }) => bytesReceived))).toBe(bytes.received)
    const whole = mergeHistograms(series.map((point) => point.latencyUs.histogram ?? ''))
    expect({ count: whole.count, p50: whole.percentile(50), max: whole.max }).toEqual({
      ...{ count: latencyUs.count, p50: latencyUs.p50, max: latencyUs.max },
    })
  })

  test('has what theory expects beside what was measured, or why not', () => {
    const { predicted, messages } = trialOf(name)
    const { figures, notCovered } = predicted
    if (figures.length === 0) expect(notCovered).toMatch(/\S/)
    for (const { metric, expected, measured, deviation } of figures) {
      expect(measured, metric).not.toBeNull()
      expect(deviation, metric).toBe(expected === 0 ? null : (measured as number) / expected - 1)
    }
    // Streams cost the same whatever the machine does, but for the message that is on its way when a window begins or ends.
    const bytes = figures.find(({ metric }) => metric === 'bytes.perMessage')
    if (bytes !== undefined && !name.includes('polling'))
      expect(Math.abs(bytes.deviation ?? 1)).toBeLessThanOrEqual(2 / messages.scheduled)
  })

  test('has bytes and drivers that agree with each other', () => {
    const { bytes, drivers, driver } = trialOf(name)
    expect(bytes.received).toBeGreaterThan(bytes.payload)
    expect(bytes.lifetime.received).toBeGreaterThanOrEqual(bytes.received)
    expect(bytes.lifetime.sent).toBeGreaterThan(0)
    expect(bytes.overheadRatio).toBeCloseTo((bytes.received + bytes.sent - bytes.payload) / bytes.payload, 9)
    expect(sum(drivers.map(({ clients }) => clients))).toBe(CLIENTS)
    expect(sum(drivers.map(({ cpuUs }) => cpuUs ?? 0))).toBe(driver.cpuUs)
  })
})

test.each(['http-streaming', 'sse', 'websocket'])(
  '%s makes no requests in the window, and writes each message by itself',
  (name) => {
    const { requests, server } = trialOf(name)
    expect(requests).toMatchObject({ total: 0, perMessage: 0, messagesPerResponse: null })
    expect(server.messagesPerWrite).toBe(1)
  },
)

test.each(['polling', 'long-polling'])('%s makes requests, and counts no writes', (name) => {
  const { requests, server, notMeasured } = trialOf(name)
  expect(requests.total).toBeGreaterThan(0)
  expect(requests.perMessage).toBeGreaterThan(0)
  expect(requests.messagesPerResponse).toBeGreaterThanOrEqual(1)
  expect(server.writes).toBeNull()
  expect(notMeasured).toHaveProperty(['server.writes'])
})

function memberAt(value: unknown, path: string): unknown {
  const keys = path === '' ? [] : path.split('.')
  return keys.reduce((part, key) => (part as Record<string, unknown>)[key], value)
}

/** Of everything that is `null`, but for what is inside of a distribution that was not measured. */
function nullPaths(value: unknown, path = ''): string[] {
  if (value === null) return [path]
  if (typeof value !== 'object') return []
  if ((value as { count?: unknown }).count === 0) return [path]
  return Object.entries(value as object).flatMap(([key, part]) => nullPaths(part, path === '' ? key : `${path}.${key}`))
}

function decoded({ histogram }: Distribution): Partial<Distribution> {
  const at = decodeHistogram(histogram ?? '')
  const percentiles = { p50: at.percentile(50), p90: at.percentile(90), p99: at.percentile(99), p999: at.percentile(99.9) }
  return { count: at.count, max: at.max, ...percentiles }
}

function figuresOf({ count, max, p50, p90, p99, p999 }: Distribution): Partial<Distribution> {
  return { count, max, p50, p90, p99, p999 }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
