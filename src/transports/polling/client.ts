import type { Timer } from '../../measure/clock.js'
import type { Asked } from '../../network/poll-clock.js'
import { HttpClient, whole } from '../http-client.js'
import { type Cursor, pollRequests } from '../poll-requests.js'
import type { PollBody } from '../poll-response.js'
import type { OpenClient } from '../transport.js'
import type { PollingOptions } from './options.js'

/**
 * Polls at `epoch + (phase + k) x interval`. The ticks are absolute: a slow response does not move them, and one that
 * finds the poll before still open is skipped and counted, never queued.
 */
export const open: OpenClient<PollingOptions> = (context, sink) => {
  const { clock, timers, options, phase, epochUs } = context
  const { intervalUs } = options
  const latestOnly = options.mode === 'latest'
  const requests = pollRequests('/poll', context.surface)
  const http = new HttpClient(context)
  const originUs = epochUs + phase * intervalUs
  let cursor: Cursor = requests.begin(context.after)
  let isSubscribed = false
  let isPolling = false
  let isClosed = false
  /** Of the request that was sent last. */
  let asked: Asked = { dueUs: 0, sentUs: 0 }
  let timer: Timer | undefined
  /** That the timer waits for. */
  let tick = 0

  const poll = (scheduledUs: number) => {
    isPolling = true
    asked = { dueUs: scheduledUs, sentUs: clock.nowUs() }
    sink.requested(scheduledUs)
    http.get(requests.target(cursor, latestOnly ? 'mode=latest' : ''), response)
  }

  const onAnswer: Parameters<typeof whole>[0] = (status, body, arrival) => {
    isPolling = false
    let answer: PollBody
    try {
      answer = requests.read(status, body)
    } catch (error) {
      return onError(error as Error)
    }
    const { messages, next, full } = answer
    cursor = next ?? cursor
    if (!isSubscribed) {
      isSubscribed = true
      sink.subscribed(requests.position(cursor))
      if (!isClosed) arm(Math.floor((clock.nowUs() - originUs) / intervalUs) + 1)
    }
    sink.answered(messages.length)
    if (messages.length > 0) {
      const brought = { ...arrival, asked }
      for (const message of messages) sink.message(message, brought, latestOnly)
    }
    if (full && !isClosed) poll(clock.nowUs())
  }

  const onError = (error: Error) => {
    isPolling = false
    if (isSubscribed) return sink.requestFailed(error)
    void http.close()
    sink.lost(error)
  }
  const response = whole(onAnswer, onError)

  /** Counts ticks, and never divides a time again: a quotient that is rounded down would make a tick come twice. */
  const arm = (next: number) => {
    tick = next
    timer = timers.at(originUs + tick * intervalUs, onTick)
  }
  // One for all ticks: a function for each would be made and thrown away thousands of times a second.
  const onTick = () => {
    const dueUs = originUs + tick * intervalUs
    arm(tick + 1)
    if (isPolling) sink.skipped(dueUs)
    else poll(dueUs)
  }

  poll(clock.nowUs())
  return {
    async close() {
      isClosed = true
      timer?.cancel()
      await http.close()
    },
  }
}
