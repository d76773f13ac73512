import { uniformInt } from 'pure-rand/distribution/uniformInt'
import type { FeedSpec, TraceContent } from '../model/plan.js'
import { headText, type Message } from './codec.js'
import { seededRandom } from './random.js'

/** What the message at each position says. */
export interface MessageSource {
  /** `publishedUs` is the moment at which the message is made: right before it is appended to the log. */
  message(position: number, intendedUs: number, publishedUs: number): Message
}

/** Which seq of which topic stands at which position, and back. The two are equal where there is only one topic. */
export interface Topics {
  at(position: number): { topic: string | null; seq: number }
  /** `undefined` where the feed has no such message. */
  position(topic: string | null, seq: number): number | undefined
}

export function createSource(feed: FeedSpec, trace: TraceContent | null): MessageSource {
  if (feed.arrival === 'trace') {
    if (trace === null) throw new Error('a trace feed without its trace')
    const topics = createTopics(feed, trace)
    return {
      message: (position, intendedUs, publishedUs) => ({
        ...topics.at(position),
        intendedUs,
        publishedUs,
        data: trace.data[(position - 1) % trace.data.length] as string,
      }),
    }
  }
  return padded(feed.payloadBytes ?? 0, feed.seed)
}

/** Text from which padding is cut: letters and digits, which need no escape, and hardly compress. */
const POOL_LENGTH = 1 << 16
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Messages of exactly `payloadBytes` of UTF-8, however many digits the times have: it must not change with the uptime of the machine. */
function padded(payloadBytes: number, seed: number): MessageSource {
  const random = seededRandom(seed)
  const letters = Array.from({ length: POOL_LENGTH }, () => ALPHABET[uniformInt(random, 0, ALPHABET.length - 1)])
  const pool = letters.join('').repeat(1 + Math.ceil(payloadBytes / POOL_LENGTH))
  return {
    message(position, intendedUs, publishedUs) {
      const head = { seq: position, intendedUs, publishedUs, topic: null }
      // Two quotes and the closing brace around the padding.
      const length = payloadBytes - headText(head).length - 3
      if (length < 0) throw new Error(`a message of ${payloadBytes} bytes has no room for its head`)
      const from = (position * 7919) % POOL_LENGTH
      return { ...head, data: `"${pool.slice(from, from + length)}"` }
    },
  }
}

export function createTopics(feed: FeedSpec, trace: TraceContent | null): Topics {
  if (feed.trace === null || trace === null || feed.trace.topics.length < 2) {
    return { at: (position) => ({ topic: null, seq: position }), position: (_topic, seq) => seq }
  }
  return severalTopics(feed.trace.topics, trace.topics)
}

function severalTopics(names: readonly string[], topicOf: readonly number[]): Topics {
  const lap = topicOf.length
  // Positions of each topic's messages in one lap of the trace, and each position's rank within its topic.
  const positions = names.map(() => [] as number[])
  const ranks = topicOf.map((topic, index) => (positions[topic] as number[]).push(index + 1))
  const positionsByName = new Map(names.map((name, topic) => [name, positions[topic] as number[]]))
  return {
    at(position) {
      const index = (position - 1) % lap
      const topic = topicOf[index] as number
      const laps = Math.floor((position - 1) / lap)
      return { topic: names[topic] as string, seq: laps * (positions[topic] as number[]).length + (ranks[index] as number) }
    },
    position(topic, seq) {
      const own = positionsByName.get(topic ?? '')
      if (own === undefined || own.length === 0 || seq < 1) return undefined
      return Math.floor((seq - 1) / own.length) * lap + (own[(seq - 1) % own.length] as number)
    },
  }
}
