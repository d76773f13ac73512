import { setTimeout as sleep } from 'node:timers/promises'
import { ThreadMetronome } from '../feed/metronome.js'
import { createSchedule } from '../feed/schedule.js'
import { distribution, Histogram } from '../measure/histogram.js'
import type { Quantiles } from '../model/diagnosis.js'
import type { FeedSpec } from '../model/plan.js'
import type { Probe } from './probe.js'

const TICK_MS = 5
/** Timers look for longer than a trial: a p99 needs 368 ticks. */
const LOOKS = 2

const TICKS: FeedSpec = { arrival: 'periodic', ratePerSec: 1e3 / TICK_MS, payloadBytes: 96, burst: null, trace: null, seed: 1 }

/** How late timers of an idle event loop are; clients poll by them. */
export const loopTimerProbe: Probe<Quantiles> = {
  title: 'event-loop timers',
  expectedUs: (lookUs) => LOOKS * lookUs,
  async ask({ clock, lookUs, signal }) {
    const latenessUs = new Histogram()
    const untilUs = clock.nowUs() + LOOKS * lookUs
    for (let dueUs = clock.nowUs() + TICK_MS * 1e3; dueUs < untilUs; dueUs = clock.nowUs() + TICK_MS * 1e3) {
      await sleep(TICK_MS, undefined, { signal })
      latenessUs.record(clock.nowUs() - dueUs)
    }
    return quantiles(latenessUs)
  },
}

/** How late the thread is that wakes the publisher, up to when the event loop hears of it. */
export const waitingThreadProbe: Probe<Quantiles> = {
  title: 'waiting thread',
  expectedUs: (lookUs) => LOOKS * lookUs + 0.1e6,
  async ask({ clock, lookUs, signal }) {
    const latenessUs = new Histogram()
    const schedule = createSchedule(TICKS, null)
    const metronome = await ThreadMetronome.launch(TICKS, null)
    try {
      const epochUs = clock.nowUs()
      let seen = 0
      metronome.start(epochUs, epochUs + LOOKS * lookUs, () => {
        const elapsedUs = clock.nowUs() - epochUs
        // One call may stand for several ticks, each with its own lateness.
        for (const due = schedule.countBefore(elapsedUs + 1); seen < due; seen++)
          latenessUs.record(elapsedUs - schedule.offsetUs(seen + 1))
      })
      await sleep((LOOKS * lookUs) / 1e3, undefined, { signal })
    } finally {
      await metronome.stop()
    }
    return quantiles(latenessUs)
  },
}

function quantiles(histogram: Histogram): Quantiles {
  const { count, p50, p99, max } = distribution(histogram)
  return { count, p50, p99, max }
}
