import { byExceedance, type Latency } from './latency.js'

/** Nothing goes through for `stallUs` of a window of `windowUs`, in which the feed goes on (open loop); the stall lies within the window. */
export interface Stall {
  stallUs: number
  windowUs: number
}

/**
 * Of transports whose usual latency is small against the stall S, and follows it by `toClientUs`: a message published in the stall waits for its end, the others do not.
 * P(latency > x) = (S - x)/D, so percentile p is S - (1 - p) D above 1 - S/D, and the mean rises by S^2/(2 D).
 */
export function stalledPush({ stallUs, windowUs }: Stall, toClientUs = 0): Latency {
  return {
    meanUs: toClientUs + (stallUs * stallUs) / (2 * windowUs),
    maxUs: toClientUs + stallUs,
    percentileUs: (percentile) => toClientUs + Math.max(0, stallUs - (1 - percentile / 100) * windowUs),
  }
}

/**
 * Of polls at an interval T. The first tick in the stall, V ~ U[0, T) after its start, is answered at its end S with all that came since the poll before it: these
 * messages wait S - t, t from V - T to S. Later ticks in the stall are skipped; the first after it ends the disturbance. With F(z) = max(0, z)^2 / 2,
 * the time in which messages are later than x is, for T <= S:
 *
 * D P(latency > x) = (F(S + T - x) - F(S - x) + F(T - x))/T + (D - S - T) max(0, 1 - x/T)
 *
 * whose part beyond S is (S + T - x)^2/(2 T), so that p99 = S + T - sqrt(0.02 T D). For T > S only a share S/T of the clients has a tick in it:
 *
 * D P(latency > x) = (F(T + S - x) - F(T - S - x) - 2 S max(0, T - x))/T + D max(0, 1 - x/T)
 *
 * The mean is the integral of either: T/2 + (S^2 - T^2/3)/(2 D), and T/2 + S^3/(3 T D).
 */
export function stalledPolling({ stallUs, windowUs }: Stall, intervalUs: number): Latency {
  const [s, t, d] = [stallUs, intervalUs, windowUs]
  const isLong = t <= s
  const exceedance = (x: number) => {
    const usual = Math.max(0, 1 - x / t)
    const exceeding = isLong
      ? (area(s + t - x) - area(s - x) + area(t - x)) / t + (d - s - t) * usual
      : (area(t + s - x) - area(t - s - x)) / t - 2 * s * usual + d * usual
    return exceeding / d
  }
  return byExceedance(t / 2 + (isLong ? (s * s - (t * t) / 3) / (2 * d) : s ** 3 / (3 * t * d)), s + t, exceedance)
}

function area(z: number): number {
  return Math.max(0, z) ** 2 / 2
}
