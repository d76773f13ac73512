import type { PredictedFigure, PredictionConditions } from '../../model/prediction.js'
import { type PollingCase, type PullModel, polling } from '../../theory/polling.js'
import { stalledPolling } from '../../theory/stall.js'
import { pollBytes } from '../poll-bytes.js'
import { CLOSE_US, figure, latencyFigures, timeFigure } from '../predicted-figures.js'
import type { PollingOptions } from './options.js'

/** With fewer, the phases of a periodic feed's clients are too few to be taken for all that there are. */
const FEWEST_CLIENTS = 20

export function predict(conditions: PredictionConditions<PollingOptions>): PredictedFigure[] {
  const { options, feed, link } = conditions
  const { toServerUs = 0, toClientUs = 0 } = link ?? {}
  const polled: PollingCase = {
    arrival: feed.arrival,
    ratePerSec: feed.ratePerSec,
    intervalUs: options.intervalUs,
    toServerUs,
    toClientUs,
    latestOnly: options.mode === 'latest',
  }
  if (isOnTheEdge(polled)) {
    return [
      figure('latencyUs', null, 'a round trip so close to a multiple of the interval that it is open which poll is skipped'),
    ]
  }
  const model = polling(polled)
  if (conditions.stallUs !== null) return stalled(conditions, conditions.stallUs)
  const isPoisson = feed.arrival === 'poisson'
  return [
    ...latency(conditions, model),
    timeFigure('stalenessUs.mean', model.stalenessMeanUs, isPoisson ? 'd + T/2 + 1/lambda' : 'd + T/2 + P/2'),
    figure('requests.perMessage', model.requestsPerMessage, isPoisson ? '1/(lambda T)' : 'P/T'),
    figure('requests.emptyShare', model.emptyShare, isPoisson ? 'e^(-lambda T)' : 'max(0, 1 - T/P)'),
    ...(polled.latestOnly ? [deliveredShare(model, isPoisson)] : []),
    pollBytes(conditions, model.answers, 1 / model.requestsPerMessage, (cursor) => target(cursor, polled.latestOnly)),
  ]
}

function latency({ feed, clients, options }: PredictionConditions<PollingOptions>, model: PullModel): PredictedFigure[] {
  if (feed.arrival === 'periodic' && clients < FEWEST_CLIENTS) {
    return [figure('latencyUs', null, `the phases of fewer than ${FEWEST_CLIENTS} clients against a periodic feed`)]
  }
  return latencyFigures(model.latency, options.mode === 'latest' ? 'd + the age of the newest message at a poll' : 'd + U[0, T)')
}

function deliveredShare({ deliveredShare }: PullModel, isPoisson: boolean): PredictedFigure {
  return figure('messages.deliveredShare', deliveredShare, isPoisson ? '(1 - e^(-lambda T))/(lambda T)' : 'min(1, P/T)')
}

function stalled({ options, link, windowUs }: PredictionConditions<PollingOptions>, stallUs: number): PredictedFigure[] {
  if (link !== null && link.toServerUs + link.toClientUs > CLOSE_US)
    return [figure('latencyUs', null, 'polls over a link with a delay that stalls')]
  if (options.mode === 'latest') return [figure('latencyUs', null, 'a stall of polls for the newest message')]
  return [
    ...latencyFigures(
      stalledPolling({ stallUs, windowUs }, options.intervalUs),
      'U[0, T), and the stall S before the poll that it caught',
    ),
    figure('requests.perMessage', null, 'polls that a stall holds up'),
  ]
}

/** As long as an interval, or two, ...: whether the next tick finds the poll open is then decided by less than anybody knows. */
function isOnTheEdge({ intervalUs, toServerUs, toClientUs }: PollingCase): boolean {
  const roundTripUs = toServerUs + toClientUs
  return roundTripUs > 0 && intervalUs - (roundTripUs % intervalUs) < CLOSE_US
}

function target(cursor: number, latestOnly: boolean): string {
  return `/poll?after=${cursor}${latestOnly ? '&mode=latest' : ''}`
}
