import { describe, expect, it } from 'vitest'
import type { Check, CheckName, Measured } from '../model/diagnosis.js'
import { CHECK_NAMES } from '../model/diagnosis.js'
import { buildMeasured, buildTransportFigures } from '../testing/diagnosis.js'
import { checksOf } from './checks.js'

const { fleet } = buildMeasured()

function check(name: CheckName, parts: Partial<Measured>): Check | undefined {
  return checksOf(buildMeasured(parts)).find((found) => found.name === name)
}

describe('the checks of an ordinary machine', () => {
  it('are all there, and all ok', () => {
    const checks = checksOf(buildMeasured())
    expect(checks.map(({ name }) => name)).toEqual(CHECK_NAMES)
    expect(checks.map(({ status, why, hint }) => [status, why, hint])).toEqual(checks.map(() => ['ok', [], null]))
  })
})

const late = { count: 450, p50: 1_000, p99: 12_000, max: 20_000 }
const invalid = { verdict: 'invalid' as const, reasons: [{ code: 'DRIVER_LAG' as const, message: 'the driver lagged' }] }
const degraded = { verdict: 'degraded' as const, reasons: [{ code: 'CPU_OTHERS' as const, message: 'others' }] }

describe('a check', () => {
  it.each<[CheckName, Check['status'], string, Partial<Measured>]>([
    ['descriptors', 'warn', '896 clients only', { fleet: { ...fleet, descriptorsPerProcess: 1_024 } }],
    ['descriptors', 'problem', 'not enough for a single client', { fleet: { ...fleet, descriptorsPerProcess: 100 } }],
    ['ports', 'warn', '90 clients only', { fleet: { ...fleet, portsPerAddress: 100 } }],
    ['memory', 'problem', 'not enough', { fleet: { ...fleet, memoryFreeBytes: 1e6 } }],
    ['cores', 'warn', 'there is no taskset here', { cpuPlacement: { mode: 'shared', reason: 'there is no taskset here' } }],
    ['cpu-others', 'warn', 'over 25 %', { others: { cpuOthersShare: 0.26, stealShare: null } }],
    ['steal', 'warn', 'over 2 %', { others: { cpuOthersShare: null, stealShare: 0.03 } }],
    ['clock', 'warn', 'steps', { clock: { resolutionUs: 20, readUs: 0.1 } }],
    ['clock', 'problem', 'steps', { clock: { resolutionUs: 15_600, readUs: 0.1 } }],
    ['loop-timer', 'warn', 'over 10 ms', { timers: { loopUs: late, waitingThreadUs: { ...late, p99: 500 } } }],
    ['waiting-thread', 'warn', 'over 2 ms', { timers: { loopUs: late, waitingThreadUs: late } }],
    [
      'http-ceiling',
      'warn',
      '3 requests failed',
      { httpCeiling: { requestsPerSec: 1, connections: 50, failed: 3, serverUtilization: null } },
    ],
    ['trials', 'warn', 'websocket: floor invalid (DRIVER_LAG)', { transports: [buildTransportFigures({ floor: invalid })] }],
    [
      'trials',
      'warn',
      'websocket: floor degraded (CPU_OTHERS), cost invalid (DRIVER_LAG)',
      { transports: [buildTransportFigures({ floor: degraded, cost: invalid })] },
    ],
    [
      'trials',
      'problem',
      'websocket: floor invalid (DRIVER_LAG), cost invalid (DRIVER_LAG)',
      { transports: [buildTransportFigures({ transport: 'sse' }), buildTransportFigures({ floor: invalid, cost: invalid })] },
    ],
  ])('of %s is %s, and says: %s', (name, status, why, parts) => {
    const found = check(name, parts)
    expect(found?.status).toBe(status)
    expect(found?.why.join('\n')).toContain(why)
    expect(found?.hint).toEqual(expect.stringMatching(/\S/))
  })

  it('of what the system does not tell is no complaint', () => {
    const nothing = { others: { cpuOthersShare: null, stealShare: null }, httpCeiling: null }
    for (const name of ['cpu-others', 'steal', 'http-ceiling'] as const) expect(check(name, nothing)?.status).toBe('ok')
  })
})
