import type { PredictedFigure, PredictionConditions } from '../../model/prediction.js'
import { streamedLineBytes } from '../../theory/wire.js'
import { figure, pushFigures } from '../predicted-figures.js'

export function predict(conditions: PredictionConditions): PredictedFigure[] {
  return pushFigures(
    conditions,
    figure('bytes.perMessage', streamedLineBytes(conditions.feed.payloadBytes), 'm + 1 in a chunk, to the byte'),
  )
}
