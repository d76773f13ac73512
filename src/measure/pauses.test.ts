import { expect, test } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.js'
import { PauseWatch } from './pauses.js'

test('a pause is a gap between two beats that is longer than it should be', () => {
  const clock = new VirtualClock(1_000_000)
  const watch = new PauseWatch(100e3, clock)
  for (const gapUs of [50e3, 100e3, 400e3, 50e3]) {
    clock.advanceBy(gapUs)
    watch.beat()
  }
  clock.advanceBy(200e3)
  watch.stop()
  expect(watch.pauses).toEqual([
    { fromUs: 1_150_000, toUs: 1_550_000 },
    { fromUs: 1_600_000, toUs: 1_800_000 },
  ])
})
