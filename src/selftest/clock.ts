import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../analysis/evidence.js'
import { readMachine } from '../measure/machine.js'
import type { Check } from './check.js'
import { atMost, compare } from './compare.js'

const READINGS = 200_000
/** Latencies over loopback are tens of microseconds and more. */
const COARSEST_US = 10
/** A driver reads the clock a few times a delivery, which costs it some 10 us. */
const DEAREST_US = 2
const DRIFT_LOOK_MS = 2_000

/** The one clock of all measurements: it never goes back, steps finely, costs little, and is as fast as the wall clock. */
export const clockCheck: Check = {
  name: 'clock',
  meaning: 'no latency of this machine can be trusted: see which clock source the system uses (tsc or kvm-clock is fine)',
  expectedUs: () => DRIFT_LOOK_MS * 1e3 + 0.1e6,
  async run({ clock, signal }) {
    const before = readMachine(clock)
    let backwards = 0
    let resolutionUs = Number.POSITIVE_INFINITY
    const startUs = clock.nowUs()
    let lastUs = startUs
    for (let reading = 0; reading < READINGS; reading++) {
      const nowUs = clock.nowUs()
      if (nowUs < lastUs) backwards++
      else if (nowUs > lastUs) resolutionUs = Math.min(resolutionUs, nowUs - lastUs)
      lastUs = nowUs
    }
    const readUs = (lastUs - startUs) / READINGS
    await sleep(DRIFT_LOOK_MS, undefined, { signal })
    const driftUs = readMachine(clock).wallOffsetUs - before.wallOffsetUs
    const drift = { absolute: LIMITS.wallClockDriftUs }
    return {
      comparisons: [
        atMost('readings that went back', 'count', backwards, 0),
        atMost('a step', 'us', Number.isFinite(resolutionUs) ? resolutionUs : null, COARSEST_US),
        atMost('a reading', 'us', readUs, DEAREST_US),
        compare(`drift against the wall clock in ${DRIFT_LOOK_MS / 1e3} s`, 'us', driftUs, 0, { below: drift, above: drift }),
      ],
    }
  },
}
