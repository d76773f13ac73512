import type { PredictedFigure, PredictionConditions } from '../model/prediction.js'
import type { Latency } from '../theory/latency.js'
import { push, pushStalenessUs } from '../theory/push.js'
import { stalledPush } from '../theory/stall.js'

/** Percentiles that are predicted, by their names in the result. */
const PERCENTILES = { p50: 50, p90: 90, p99: 99 } as const

/** Of what is shorter, the time that server and clients take themselves, 0.3 to some ms, is no small part, and no model knows it. */
const LEAST_US = 20e3
/** By so much a client that asks again at once may be late, where a model depends on which of two things comes first. */
export const CLOSE_US = 2e3

export function figure(metric: string, expected: number | null, source: string): PredictedFigure {
  return { metric, expected, source }
}

/** Mean and percentiles; what is too short to be told from the server's own time is not covered. */
export function latencyFigures(latency: Latency, source: string): PredictedFigure[] {
  return [
    timeFigure('latencyUs.mean', latency.meanUs, source),
    ...Object.entries(PERCENTILES).map(([name, percentile]) =>
      timeFigure(`latencyUs.${name}`, latency.percentileUs(percentile), source),
    ),
  ]
}

export function timeFigure(metric: string, expectedUs: number, source: string): PredictedFigure {
  if (expectedUs >= LEAST_US) return figure(metric, expectedUs, source)
  return figure(metric, null, `of less than ${LEAST_US / 1e3} ms, what server and clients take themselves is no small part`)
}

/** Of a transport that pushes each message as a frame of its own. `bytesOf`: mean bytes of a delivery on the wire; `null` where they are not known. */
export function pushFigures(conditions: PredictionConditions, bytes: PredictedFigure): PredictedFigure[] {
  const { feed, link, stallUs, windowUs } = conditions
  const toClientUs = link?.toClientUs ?? 0
  const latency = stallUs === null ? push({ toClientUs }) : stalledPush({ stallUs, windowUs }, toClientUs)
  const own = "the server's own time is not in it"
  return [
    ...latencyFigures(latency, stallUs === null ? `d; ${own}` : `d, and what is left of a stall of S: S - (1 - p) D; ${own}`),
    stallUs === null
      ? timeFigure(
          'stalenessUs.mean',
          pushStalenessUs(feed.arrival, feed.ratePerSec, toClientUs),
          feed.arrival === 'poisson' ? 'd + 1/lambda' : 'd + P/2',
        )
      : figure('stalenessUs.mean', null, 'a stall'),
    figure('requests.perMessage', 0, 'nothing is asked for'),
    bytes,
  ]
}
