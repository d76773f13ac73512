import { decodeHistogram } from '../measure/histogram.js'
import type { DriverShard } from '../model/shard.js'
import type { Check } from './check.js'
import { compare, exactly } from './compare.js'
import { type Measured, measured, OVERHEAD_US } from './trials.js'

const DRIVERS = 3
const INTERVAL_US = 480e3
const MEASURE_US = 2.4e6
/** A bucket of a histogram with 3 digits is up to a 1,000th wide. */
const BUCKET = { share: 0.001, absolute: 1 }

/**
 * Percentiles of several drivers are those of all their deliveries. A client each, and messages as far apart as polls: each driver has one latency, a third of the
 * interval from the next driver's, so that whoever averages percentiles is off by a third of the interval.
 */
export const mergeCheck: Check = {
  name: 'merge',
  meaning: 'percentiles of runs with several drivers (over 2,500 clients) are not those of their clients',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 1e6,
  run: (site) =>
    measured(
      site,
      `${DRIVERS} drivers`,
      {
        scenario: {
          feed: { rate: `${1e6 / INTERVAL_US}/s`, arrival: 'periodic', payload: '200B' },
          clients: DRIVERS,
          transports: [{ polling: { interval: `${INTERVAL_US}us` } }],
          phases: { warmup: '500ms', measure: `${MEASURE_US}us`, drain: '1s' },
        },
        drivers: DRIVERS,
      },
      comparisonsOf,
    ),
}

function comparisonsOf({ trial, fleet }: Measured) {
  const values = sortedLatencies(fleet.driverShards)
  const { latencyUs } = trial
  return [
    exactly(`deliveries of ${DRIVERS} drivers`, 'count', latencyUs.count, values.length),
    ...(
      [
        ['p50', 50],
        ['p90', 90],
        ['p99', 99],
      ] as const
    ).map(([name, percent]) =>
      compare(`${name} of ${DRIVERS} drivers, against all their deliveries`, 'us', latencyUs[name], rankOf(values, percent), {
        below: BUCKET,
        above: BUCKET,
      }),
    ),
  ]
}

/** Each delivery of all drivers, one by one: nothing here adds histograms. */
function sortedLatencies(shards: readonly DriverShard[]): number[] {
  return shards
    .flatMap(({ latencyUs }) => [...decodeHistogram(latencyUs).values()])
    .flatMap(([us, count]) => Array.from({ length: count }, () => us))
    .sort((a, b) => a - b)
}

/** The least value that so many percent of the values do not exceed. */
function rankOf(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? Number.NaN
}
