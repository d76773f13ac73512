import type { PredictedFigure, PredictionConditions } from '../../model/prediction.js'
import { type LongPollingCase, longPolling, turnaroundUs } from '../../theory/long-polling.js'
import { stalledPush } from '../../theory/stall.js'
import { pollBytes } from '../poll-bytes.js'
import { CLOSE_US, figure, latencyFigures, timeFigure } from '../predicted-figures.js'
import type { LongPollingOptions } from './options.js'

/** Without a link a client is back after some milliseconds that no model knows: at most so many messages may come in each of these. */
const UNKNOWN_TURNAROUND_US = 5e3
const MOST_MEANWHILE = 0.1

export function predict(conditions: PredictionConditions<LongPollingOptions>): PredictedFigure[] {
  const { options, feed, link, stallUs } = conditions
  if (stallUs !== null) return stalled(conditions, stallUs)
  const polled: LongPollingCase = {
    arrival: feed.arrival,
    ratePerSec: feed.ratePerSec,
    toServerUs: link?.toServerUs ?? 0,
    toClientUs: link?.toClientUs ?? 0,
    holdUs: options.holdUs,
  }
  const gapUs = turnaroundUs(polled)
  if (link === null && (feed.ratePerSec * UNKNOWN_TURNAROUND_US) / 1e6 > MOST_MEANWHILE) {
    return [
      figure(
        'requests.perMessage',
        null,
        'messages that come while clients ask again, for which they take as long as they take where there is no link',
      ),
    ]
  }
  const periodUs = 1e6 / feed.ratePerSec
  if (feed.arrival === 'periodic' && gapUs <= periodUs && periodUs - gapUs < CLOSE_US) {
    return [
      figure(
        'latencyUs',
        null,
        'a round trip so close to the period of the feed that it is open whether clients are back in time',
      ),
    ]
  }
  const { latency, stalenessMeanUs, requestsPerMessage, emptyShare, answers } = longPolling(polled)
  const isPoisson = feed.arrival === 'poisson'
  const isFree = !isPoisson && gapUs > periodUs
  const batched = isPoisson ? '1/(lambda G + e^(-lambda G))' : isFree ? 'P/G' : '1 while G <= P'
  return [
    ...latencyFigures(
      latency,
      isPoisson ? 'd + lambda G^2/(2 b), b = lambda G + e^(-lambda G)' : isFree ? 'd + U[0, G), since G > P' : 'd, since G <= P',
    ),
    timeFigure('stalenessUs.mean', stalenessMeanUs, 'd + E[A] + E[L^2]/(2 E[L]) over the answers'),
    figure('requests.perMessage', requestsPerMessage, link === null ? `${batched}, with G taken as 0` : batched),
    figure('requests.emptyShare', emptyShare, isPoisson ? 'e^(-lambda (G + H))' : 'none while a message comes within G + H'),
    pollBytes(conditions, answers, 0, (cursor) => `/long-poll?after=${cursor}&hold=${Math.round(options.holdUs / 1e3)}`),
  ]
}

function stalled({ link, windowUs }: PredictionConditions, stallUs: number): PredictedFigure[] {
  if (link !== null && link.toServerUs + link.toClientUs > CLOSE_US) {
    return [figure('latencyUs', null, 'long polls over a link with a delay that stalls')]
  }
  return [
    ...latencyFigures(
      stalledPush({ stallUs, windowUs }),
      "what is left of a stall of S: S - (1 - p) D; the server's own time is not in it",
    ),
    figure('requests.perMessage', null, 'answers that a stall makes larger'),
  ]
}
