import { expect, test } from 'vitest'
import type { Progress } from '../model/member.js'
import { ProgressSum } from './progress-sum.js'

const ONE: Progress = {
  connected: 10,
  delivered: 100,
  superseded: 1,
  seen: 10,
  newest: 30,
  received: 300,
  recent: [[160, 10]],
  cpuUs: 5_000,
}

test('counts are added, what all drivers see is the most that one has seen, and each keeps its own load', () => {
  const sum = new ProgressSum(2)
  sum.server = { cpuUs: () => 70_000 }
  expect(sum.note(1, { ...ONE, connected: 7, seen: 12, newest: 32, recent: [], cpuUs: 8_000 })).toMatchObject({
    connected: 7,
    latencyUs: null,
    driverCpuUs: [null, 8_000],
  })
  expect(sum.note(0, ONE), 'once in each round of reports').toBeNull()
  sum.scheduled = 100
  expect(sum.note(1, { ...ONE, seen: 12, newest: 32, recent: [[320, 90]], cpuUs: 9_000 })).toEqual({
    connected: 20,
    delivered: 200,
    superseded: 2,
    seen: 12,
    newest: 32,
    received: 600,
    scheduled: 100,
    latencyUs: { p50: expect.closeTo(2 ** 20.03, -5), p99: expect.closeTo(2 ** 20.03, -5) },
    driverCpuUs: [5_000, 9_000],
    serverCpuUs: 70_000,
  })
})
