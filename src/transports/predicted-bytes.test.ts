import { describe, expect, test } from 'vitest'
import type { PredictionConditions } from '../model/prediction.js'
import { type HeadersInput, headerProfile } from '../scenario/headers.js'
import type { RecordedClient } from '../testing/recorded-client.js'
import { TransportSite } from '../testing/transport-site.js'
import { VirtualClock } from '../testing/virtual-clock.js'
import { httpStreaming } from './http-streaming/descriptor.js'
import { longPolling } from './long-polling/descriptor.js'
import { pollBytes } from './poll-bytes.js'
import { polling } from './polling/descriptor.js'
import { sse } from './sse/descriptor.js'
import type { TransportDescriptor } from './transport.js'
import { websocket } from './websocket/descriptor.js'

/** Polls are due once a second of the virtual clock. */
const INTERVAL_US = 1e6

const PROFILES: [name: string, input: HeadersInput][] = [
  ['minimal', 'minimal'],
  ['browser', 'browser'],
  ['custom', { Cookie: 'session=0123456789abcdef', 'X-Trace': 7 }],
]

interface Course {
  /** Messages a second that conditions say. */
  ratePerSec: number
  payloadBytes: number
  /** How many messages there are before the client comes. */
  before: number
  /** Published one turn after another; after each the client is waited for. */
  turns: readonly number[]
}

/** What the sockets counted over a course, and the conditions of it. */
async function measure<Options extends object>(
  descriptor: TransportDescriptor<Options>,
  { ratePerSec, payloadBytes, before, turns }: Course,
  headers: [name: string, value: string][],
  options: Record<string, unknown> = {},
) {
  const clock = new VirtualClock()
  const isPolling = (descriptor.name as string) === 'polling'
  const site = await TransportSite.start(descriptor, { options, ...(isPolling ? { clock, timers: clock } : {}) })
  try {
    site.publish(before)
    const client = await site.connected(null, { headers })
    const { received, sent } = site.dialer.totals
    const answered = client.answers.length
    for (const messages of turns) {
      const [asked, told] = [client.answers.length, client.texts.length]
      for (let message = 0; message < messages; message++) site.publishBytes(payloadBytes)
      if (isPolling) {
        clock.advanceBy(INTERVAL_US)
        await site.until(() => client.answers.length > asked, 'the poll is answered')
      } else await site.until(() => client.texts.length >= told + messages, 'the messages')
    }
    const { totals } = site.dialer
    const conditions: PredictionConditions<Options> = {
      options: descriptor.optionsSchema.parse(options),
      feed: { arrival: 'periodic', ratePerSec, payloadBytes, firstSeq: before + 1, lastSeq: site.log.newest },
      clients: 200,
      windowUs: turns.length * INTERVAL_US,
      link: null,
      stallUs: null,
      request: { authority: `127.0.0.1:${site.port}`, headers },
    }
    const bytes = totals.received - received + totals.sent - sent
    return { conditions, perMessage: bytes / client.texts.length, answers: sharesOf(client, answered) }
  } finally {
    await site.close()
  }
}

/** How the answers since the one at a place were composed. */
function sharesOf({ answers }: RecordedClient, from: number) {
  const since = answers.slice(from)
  return [...new Set(since)].map((messages) => ({
    messages,
    share: since.filter((other) => other === messages).length / since.length,
  }))
}

function expectedOf<Options extends object>(descriptor: TransportDescriptor<Options>, conditions: PredictionConditions<Options>) {
  return descriptor.predict?.(conditions).find(({ metric }) => metric === 'bytes.perMessage')?.expected
}

const ones = (count: number) => Array.from({ length: count }, () => 1)

describe.each(PROFILES)('bytes a message as predicted are those that the sockets counted, with %s headers', (_name, input) => {
  const { headers } = headerProfile(input)
  // The numbers of the messages get another digit on the way.
  const across: Course = { ratePerSec: 1, payloadBytes: 200, before: 93, turns: ones(14) }

  test.each([96, 125, 126, 200, 1_000, 65_600])('streams, payload of %d bytes', async (payloadBytes) => {
    const course = { ...across, payloadBytes }
    for (const streaming of [httpStreaming, websocket]) {
      const { conditions, perMessage } = await measure(streaming as TransportDescriptor, course, headers)
      expect(expectedOf(streaming as TransportDescriptor, conditions), streaming.name).toBeCloseTo(perMessage, 9)
    }
    const { conditions, perMessage } = await measure(sse, { ...course, ratePerSec: 1e6 }, headers)
    expect(expectedOf(sse, conditions)).toBeCloseTo(perMessage, 9)
  })

  test('long polling, a message an answer', async () => {
    const { conditions, perMessage } = await measure(longPolling, across, headers, { hold: '5s' })
    expect(expectedOf(longPolling, conditions)).toBeCloseTo(perMessage, 9)
  })

  test.each<[name: string, course: Partial<Course>, options: Record<string, unknown>]>([
    ['a message a poll', {}, {}],
    ['five a poll', { ratePerSec: 5, before: 200, turns: [5, 5, 5, 5] }, {}],
    ['every second poll empty', { ratePerSec: 0.5, before: 200, turns: [1, 0, 1, 0, 1, 0] }, {}],
    ['two or three a poll', { ratePerSec: 2.5, before: 200, turns: [2, 3, 2, 3] }, {}],
    ['the newest of four', { ratePerSec: 4, before: 200, turns: [4, 4, 4] }, { mode: 'latest' }],
    ['answers of five digits', { ratePerSec: 60, before: 200, turns: [60, 60] }, {}],
  ])('polling, %s', async (_what, course, options) => {
    const { conditions, perMessage } = await measure(polling, { ...across, ...course }, headers, options)
    expect(expectedOf(polling, conditions)).toBeCloseTo(perMessage, 9)
  })

  test('polling, any mixture of answers', async () => {
    const course = { ...across, before: 1_000, turns: [0, 7, 1, 0, 0, 12, 3, 1] }
    const { conditions, perMessage, answers } = await measure(polling, course, headers)
    const { expected } = pollBytes(conditions, answers, 0, (cursor) => `/poll?after=${cursor}`)
    expect(expected).toBeCloseTo(perMessage, 9)
  })
})
