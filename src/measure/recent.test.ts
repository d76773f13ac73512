import { describe, expect, test } from 'vitest'
import { Recent, recentPercentiles } from './recent.js'

function noted(latencies: Iterable<number>): Recent {
  const recent = new Recent()
  for (const us of latencies) recent.note(us)
  return recent
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('the latencies since the last look', () => {
  test('have percentiles to 2 %', () => {
    const [p50 = null, p99 = null] = recentPercentiles([noted(upTo(1_000)).take()], [50, 99])
    expect(Math.abs((p50 ?? 0) / 500 - 1)).toBeLessThan(0.03)
    expect(Math.abs((p99 ?? 0) / 990 - 1)).toBeLessThan(0.03)
  })

  test('are none twice', () => {
    const recent = noted([700])
    expect(recentPercentiles([recent.take()], [50])[0]).toBeCloseTo(700, -2)
    expect(recentPercentiles([recent.take()], [50, 99])).toEqual([null, null])
  })

  test('are counted for all that they stand for, once it is known how many there are', () => {
    const recent = noted(upTo(100_000))
    recent.take()
    for (const us of upTo(100_000)) recent.note(us)
    const taken = recent.take()
    const stoodFor = taken.reduce((sum, [, count]) => sum + count, 0)
    expect(Math.abs(stoodFor / 100_000 - 1)).toBeLessThan(0.01)
    expect(Math.abs((recentPercentiles([taken], [50])[0] ?? 0) / 50_000 - 1)).toBeLessThan(0.05)
    expect(taken.length).toBeLessThan(300)
  })

  test('of a quiet second after a busy one are not passed over', () => {
    const recent = noted(upTo(500_000))
    recent.take()
    recent.take()
    recent.note(80)
    expect(recent.take()).toHaveLength(1)
  })

  test('of several drivers weigh by their deliveries', () => {
    const [p50] = recentPercentiles([noted([10, 10, 10]).take(), noted([5_000]).take()], [50])
    expect(p50).toBeLessThan(11)
  })
})
