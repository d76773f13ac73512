import type { PredictedFigure, PredictionConditions } from '../../model/prediction.js'
import { webSocketFrameBytes } from '../../theory/wire.js'
import { figure, pushFigures } from '../predicted-figures.js'
import type { WebSocketOptions } from './options.js'

export function predict(conditions: PredictionConditions<WebSocketOptions>): PredictedFigure[] {
  const bytes = conditions.options.compression
    ? figure('bytes.perMessage', null, 'how far messages compress')
    : figure(
        'bytes.perMessage',
        webSocketFrameBytes(conditions.feed.payloadBytes) + pingBytes(conditions),
        bytesSource(conditions),
      )
  return pushFigures(conditions, bytes)
}

/** Of a ping, which is masked, and its pong, both without payload: 8 bytes each interval, shared by the messages that come in it. */
function pingBytes({ options: { ping }, feed: { ratePerSec } }: PredictionConditions<WebSocketOptions>): number {
  return ping === null ? 0 : (webSocketFrameBytes(0, true) + webSocketFrameBytes(0)) / ((ratePerSec * ping.intervalUs) / 1e6)
}

function bytesSource({ options: { ping } }: PredictionConditions<WebSocketOptions>): string {
  return `a frame of RFC 6455 around m, to the byte${ping === null ? '' : ', and a ping with its pong each interval'}`
}
