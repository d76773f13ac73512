import type { PredictedFigure, PredictionConditions } from '../../model/prediction.js'
import { chunkBytes, meanByDigits, sseEventBytes } from '../../theory/wire.js'
import { figure, pushFigures } from '../predicted-figures.js'
import type { SseOptions } from './options.js'

export function predict(conditions: PredictionConditions<SseOptions>): PredictedFigure[] {
  const { payloadBytes, firstSeq, lastSeq } = conditions.feed
  const event = meanByDigits(firstSeq, lastSeq, (seq) => sseEventBytes(payloadBytes, seq))
  return pushFigures(
    conditions,
    figure('bytes.perMessage', event + commentBytes(conditions), 'id and data lines in a chunk, to the byte'),
  )
}

/** A comment is sent at each beat before which no message came: a share e^(-lambda B) of them for a Poisson feed, 1 - B/P for a periodic one. */
function commentBytes({ options: { heartbeatUs }, feed: { arrival, ratePerSec } }: PredictionConditions<SseOptions>): number {
  const perBeat = (ratePerSec * heartbeatUs) / 1e6
  const idleShare = arrival === 'poisson' ? Math.exp(-perBeat) : Math.max(0, 1 - perBeat)
  return (chunkBytes(':\n\n'.length) * idleShare) / perBeat
}
