import { distribution, Histogram } from '../measure/histogram.js'
import type { Trial } from '../model/trial.js'

/** A series of five seconds for a trial, alike but not the same, and the latency that these add up to. */
export function withSeries({ latencyUs, messages }: Trial): Pick<Trial, 'latencyUs' | 'series'> {
  const whole = new Histogram()
  const series = [1, 1.08, 0.94, 1.15, 0.9].map((factor, second) => {
    const block = new Histogram()
    for (let step = 1; step <= 400; step++) {
      const share = ((step * 7 + second * 13) % 400) / 400
      block.record((latencyUs.p50 ?? 1_000) * factor * (0.5 + share + (share > 0.97 ? (share - 0.97) * 80 : 0)), 5)
    }
    whole.add(block)
    const { p50, p99, max, histogram } = distribution(block)
    return {
      atMs: second * 1e3,
      lengthMs: 1e3,
      delivered: Math.round(messages.delivered / 5),
      bytesReceived: Math.round(messages.delivered * 40 * factor),
      latencyUs: { p50, p99, max, histogram },
    }
  })
  return { latencyUs: distribution(whole), series }
}
