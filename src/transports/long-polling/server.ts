import type { ServerResponse } from 'node:http'
import { sendMessages, sendNothing } from '../poll-response.js'
import { allowParameters, cursorParameter, integerParameter } from '../query.js'
import type { MountServer } from '../transport.js'
import type { LongPollingOptions } from './options.js'

const LONGEST_HOLD_MS = 120_000

interface Held {
  response: ServerResponse
  after: number
  timer: NodeJS.Timeout
}

/** `GET /long-poll?after=<seq>&hold=<ms>`: held until there is a message, or the time is over. */
export const mount: MountServer<LongPollingOptions> = ({ log }, options) => {
  const waiting = new Set<Held>()
  let evicted = 0
  let isClosed = false

  const answer = (response: ServerResponse, after: number) => {
    const read = log.read(after)
    evicted += read.evicted
    sendMessages(response, read.entries, read.next)
  }
  const release = (held: Held) => {
    clearTimeout(held.timer)
    waiting.delete(held)
  }
  const hold = (response: ServerResponse, after: number, holdMs: number) => {
    const held: Held = {
      response,
      after,
      timer: setTimeout(() => {
        release(held)
        sendNothing(response)
      }, holdMs),
    }
    waiting.add(held)
    response.once('close', () => release(held))
  }

  const unsubscribe = log.subscribe(({ position }) => {
    for (const held of waiting) {
      if (held.after >= position) continue
      release(held)
      answer(held.response, held.after)
    }
  })

  return {
    routes: {
      '/long-poll'(_request, response, query) {
        allowParameters(query, ['after', 'hold'])
        const after = cursorParameter(query)
        const holdMs = integerParameter(query, 'hold', LONGEST_HOLD_MS) ?? Math.round(options.holdUs / 1e3)
        if (after === null) sendMessages(response, [], log.newest)
        else if (after < log.newest) answer(response, after)
        // A request that waits for another's response is not held: its connection might be gone unnoticed.
        else if (holdMs === 0 || isClosed || response.socket === null) sendNothing(response)
        else hold(response, after, holdMs)
      },
    },
    counters: () => ({ writes: null, messagesWritten: null, evicted }),
    close() {
      unsubscribe()
      isClosed = true
      for (const held of waiting) {
        release(held)
        sendNothing(held.response)
      }
    },
  }
}
