import type { Timer } from '../../measure/clock.js'
import type { Asked } from '../../network/poll-clock.js'
import { HttpClient, whole } from '../http-client.js'
import { type Cursor, pollRequests } from '../poll-requests.js'
import type { PollBody } from '../poll-response.js'
import type { OpenClient } from '../transport.js'
import type { LongPollingOptions } from './options.js'

/** Before a poll that failed is tried again: a server that refuses must not be hammered. */
const RETRY_AFTER_US = 250e3
/** A server that cannot be asked not to hold holds the first request too: without an answer or an error for so long, it has accepted it. */
const ACCEPTED_AFTER_US = 100e3

/** Asks, waits for the answer as long as the server holds it, and asks again at once. */
export const open: OpenClient<LongPollingOptions> = (context, sink) => {
  const { clock, timers, options } = context
  const holdMs = Math.round(options.holdUs / 1e3)
  const requests = pollRequests('/long-poll', context.surface)
  const http = new HttpClient(context)
  let cursor: Cursor = requests.begin(context.after)
  let isSubscribed = false
  let isClosed = false
  /** Of the request that was sent last. */
  let asked: Asked = { dueUs: 0, sentUs: 0 }
  let retry: Timer | undefined
  let acceptance: Timer | undefined

  const poll = (dueUs = clock.nowUs()) => {
    if (isClosed) return
    asked = { dueUs, sentUs: clock.nowUs() }
    sink.requested(asked.sentUs)
    // A client that resumes must not be held before it is known to be subscribed.
    const hold = isSubscribed ? holdMs : 0
    http.get(requests.target(cursor, requests.hold(hold)), response)
  }

  const subscribe = () => {
    if (isSubscribed) return
    isSubscribed = true
    acceptance?.cancel()
    sink.subscribed(requests.position(cursor))
  }

  const onAnswer: Parameters<typeof whole>[0] = (status, body, arrival) => {
    let answer: PollBody
    try {
      answer = requests.read(status, body)
    } catch (error) {
      return onError(error as Error)
    }
    const { messages, next } = answer
    cursor = next ?? cursor
    subscribe()
    const brought = { ...arrival, asked }
    // The next poll goes out first: what a client does with messages is not part of the transport.
    poll(arrival.receivedUs - arrival.lagUs)
    sink.answered(messages.length)
    for (const message of messages) sink.message(message, brought)
  }

  const onError = (error: Error) => {
    if (isSubscribed) {
      sink.requestFailed(error)
      if (!isClosed) retry = timers.at(clock.nowUs() + RETRY_AFTER_US, () => poll())
      return
    }
    acceptance?.cancel()
    void http.close()
    sink.lost(error)
  }
  const response = whole(onAnswer, onError)

  poll()
  if (!requests.canAskNotToHold) acceptance = timers.at(clock.nowUs() + ACCEPTED_AFTER_US, subscribe)
  return {
    async close() {
      isClosed = true
      acceptance?.cancel()
      retry?.cancel()
      await http.close()
    },
  }
}
