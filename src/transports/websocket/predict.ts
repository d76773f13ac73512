import type { PredictedFigure, PredictionConditions } from '../../model/prediction.js'
import { webSocketFrameBytes } from '../../theory/wire.js'
import { figure, pushFigures } from '../predicted-figures.js'
import type { WebSocketOptions } from './options.js'

export function predict(conditions: PredictionConditions<WebSocketOptions>): PredictedFigure[] {
  const bytes = conditions.options.compression
    ? figure('bytes.perMessage', null, 'how far messages compress')
    : figure('bytes.perMessage', webSocketFrameBytes(conditions.feed.payloadBytes), 'a frame of RFC 6455 around m, to the byte')
  return pushFigures(conditions, bytes)
}
