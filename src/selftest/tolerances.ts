import type { Tolerance } from './compare.js'

/**
 * How far times may lie from the models on a machine that is shared. Nothing makes a message come early, so that the bounds below are narrow; the server's work, timers
 * that are rounded up to the next millisecond, and a processor that somebody else has just then make it late.
 */
export const LATER = {
  /** Where a periodic feed and the interval have a common measure, N clients miss the mean by P/(sqrt(2) N): 0.6 % for 80 clients and T = 3 P. */
  mean: { below: { share: 0.025, absolute: 1e3 }, above: { share: 0.03, absolute: 10e3 } },
  /** Of some dozen clients, each of whose waits lies somewhere in its part of the interval. */
  p50: { below: { share: 0.05, absolute: 1e3 }, above: { share: 0.06, absolute: 10e3 } },
  p99: { below: { share: 0.02, absolute: 2e3 }, above: { share: 0.05, absolute: 30e3 } },
} as const satisfies Record<string, Tolerance>

/** What is counted, but sampled at the ends of a window, where a request or two fall on either side. */
export const AT_THE_ENDS: Tolerance = { below: { share: 0.01 }, above: { share: 0.01 } }
