import { MOST_BYTES_READ, MOST_MESSAGES_READ } from '../feed/log.js'
import type { PredictedFigure, PredictionConditions } from '../model/prediction.js'
import { type AnswerShare, meanMessages } from '../theory/answers.js'
import { meanByDigits } from '../theory/wire.js'
import { figure } from './predicted-figures.js'

/** `Fri, 27 Nov 2026 12:00:00 GMT`, and always as long (RFC 9110 section 5.6.7). */
const DATE = 'Thu, 01 Jan 1970 00:00:00 GMT'
const EMPTY_ANSWER_BYTES = `HTTP/1.1 204 No Content\r\nDate: ${DATE}\r\nConnection: keep-alive\r\n\r\n`.length

/** Of a poll as it goes out, for the request target that follows `GET `. */
function pollRequestBytes(target: string, { authority, headers }: PredictionConditions['request']): number {
  const own = headers.reduce((sum, [name, value]) => sum + `${name}: ${value}\r\n`.length, 0)
  return `GET ${target} HTTP/1.1\r\nhost: ${authority}\r\nconnection: keep-alive\r\n\r\n`.length + own
}

/** Of the answer that carries so many messages of a length, and then the cursor; 204 where it carries none. */
function pollAnswerBytes(messages: number, payloadBytes: number, next: number): number {
  if (messages === 0) return EMPTY_ANSWER_BYTES
  const body = `{"messages":[],"next":${next}}`.length + messages * payloadBytes + messages - 1
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body}\r\nDate: ${DATE}\r\nConnection: keep-alive\r\n\r\n`
  return head.length + body
}

/**
 * Mean bytes of a delivery over requests whose answers carry messages as the model says: exact for a given composition of answers. Cursors are taken over the window's
 * messages, since how many digits they have is part of a request. `targetOf`: the request target behind a cursor; `lag`: by how many messages the cursor of a request
 * lies behind the newest.
 */
export function pollBytes(
  { feed: { payloadBytes, firstSeq, lastSeq }, request }: PredictionConditions,
  answers: readonly AnswerShare[],
  lag: number,
  targetOf: (cursor: number) => string,
): PredictedFigure {
  const most = Math.max(...answers.filter(({ share }) => share > 1e-6).map(({ messages }) => messages))
  if (most >= MOST_MESSAGES_READ || most * (payloadBytes + 1) > MOST_BYTES_READ)
    return figure('bytes.perMessage', null, 'answers that are full, and followed by another request at once')
  const requestBytes = meanByDigits(Math.round(firstSeq - lag), Math.round(lastSeq - lag), (cursor) =>
    pollRequestBytes(targetOf(cursor), request),
  )
  const answerBytes = answers.reduce(
    (sum, { messages, share }) =>
      sum + share * meanByDigits(firstSeq, lastSeq, (next) => pollAnswerBytes(messages, payloadBytes, next)),
    0,
  )
  return figure(
    'bytes.perMessage',
    (requestBytes + answerBytes) / meanMessages(answers),
    'm + (Hq + Hr) / messages a request, to the byte',
  )
}
