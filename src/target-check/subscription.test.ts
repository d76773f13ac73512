import { expect, test } from 'vitest'
import { systemClock } from '../measure/clock.js'
import { HeapTimers } from '../measure/timers.js'
import type { PlannedTrial } from '../model/plan.js'
import { buildPlan } from '../testing/builders.js'
import { Subscription } from './subscription.js'

test('of a server that floods so much is kept and no more', () => {
  const client = new Subscription({
    planned: buildPlan().trials[0] as PlannedTrial,
    open: () => ({ close: async () => {} }),
    address: { host: '127.0.0.1', port: 1 },
    clock: systemClock,
    timers: new HeapTimers(),
  })
  for (let count = 0; count < 20; count++) client.message(Buffer.alloc(1 << 20))
  expect(client.received).toHaveLength(16)
})
