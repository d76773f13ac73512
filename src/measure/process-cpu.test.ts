import { expect, test } from 'vitest'
import { processCpuUs } from './process-cpu.js'

test.skipIf(process.platform !== 'linux')('the time of a process is what it says itself, to two ticks', () => {
  const { user, system } = process.cpuUsage()
  expect(Math.abs((processCpuUs(process.pid) ?? 0) - user - system)).toBeLessThanOrEqual(200_000)
  expect(processCpuUs(process.pid)).toBeGreaterThan(0)
})

test('nobody tells of a process that is not there', () => {
  expect(processCpuUs(2 ** 30)).toBeNull()
})
