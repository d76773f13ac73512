import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.js'
import { UsageMeter } from './usage.js'

describe('the usage meter', () => {
  it('that is started again forgets what was before', async () => {
    const meter = new UsageMeter()
    meter.start()
    await sleep(20)
    const againUs = systemClock.nowUs()
    meter.start()
    const { sampledUs } = meter.stop()
    expect(sampledUs).toBeLessThanOrEqual(systemClock.nowUs() - againUs)
  })
})
