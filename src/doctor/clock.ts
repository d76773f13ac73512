import type { ClockFigures } from '../model/diagnosis.js'
import type { Probe } from './probe.js'

const READINGS = 200_000

/** How finely the clock of all measurements steps, and what a reading costs. */
export const clockProbe: Probe<ClockFigures> = {
  title: 'clock',
  expectedUs: () => 0.05e6,
  async ask({ clock }) {
    const startUs = clock.nowUs()
    let resolutionUs = Number.POSITIVE_INFINITY
    let lastUs = startUs
    for (let reading = 0; reading < READINGS; reading++) {
      const nowUs = clock.nowUs()
      if (nowUs > lastUs) resolutionUs = Math.min(resolutionUs, nowUs - lastUs)
      lastUs = nowUs
    }
    const tookUs = lastUs - startUs
    // A clock that did not move for all that time steps by at least as much.
    return {
      resolutionUs: Number.isFinite(resolutionUs) ? resolutionUs : 1e6,
      readUs: Math.round((tookUs / READINGS) * 1e3) / 1e3,
    }
  },
}
