import { expect, test } from 'vitest'
import { TicksTogether } from './process-ticks.js'

test('what processes have used together grows with those that come, and does not shrink with those that go', () => {
  const ticks = new Map([
    [1, 100],
    [2, 7],
  ])
  let pids = [1, 2]
  const together = new TicksTogether(
    () => pids,
    (pid) => ticks.get(pid) ?? null,
  )
  expect(together.read()).toBe(107)
  // A worker that is started late, and one that ends.
  pids = [1, 3]
  ticks.set(1, 110).set(3, 40).delete(2)
  expect(together.read()).toBe(157)
  // One that left the tree and goes on is still one of them.
  pids = [1]
  ticks.set(3, 60)
  expect(together.read()).toBe(177)
})
