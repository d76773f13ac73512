import type { Clock } from '../measure/clock.js'
import type { MessagePointers } from '../model/target.js'
import { type Codec, jsonCodec, NotAMessage } from './codec.js'
import { type PointerSteps, parsePointer, valueAt } from './json-pointer.js'

const UNIT_US = { us: 1, ms: 1e3, s: 1e6 }

/** `toMonotonicUs` turns a wall-clock time in microseconds since 1970 into one of the driver's clock. */
export interface PointerClock {
  toMonotonicUs(unixUs: number): number
}

/**
 * Reads messages of a JSON form that is not ours, by pointers. Ours are what it writes: a server that is published to may put them
 * into an envelope, and the pointers lead into that.
 */
export function pointerCodec(pointers: MessagePointers, clock: PointerClock): Codec {
  const seqAt = steps(pointers.seq)
  const topicAt = optional(pointers.topic)
  const timeAt = optional(pointers.time)
  const publishedAt = optional(pointers.published)
  const unitUs = UNIT_US[pointers.timeUnit]
  const time = (value: unknown): number | undefined => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
    const us = Math.round(number * unitUs)
    return pointers.clock === 'unix' ? clock.toMonotonicUs(us) : us
  }
  return {
    encode: (message) => jsonCodec.encode(message),
    readHead(text) {
      const root = parsed(text)
      const seq = wholeNumber(valueAt(root, seqAt))
      if (seq === undefined) throw new NotAMessage(text)
      const topic = topicAt === null ? undefined : valueAt(root, topicAt)
      const intendedUs = timeAt === null ? undefined : time(valueAt(root, timeAt))
      const publishedUs = publishedAt === null ? undefined : wholeNumber(valueAt(root, publishedAt))
      return {
        topic: typeof topic === 'string' ? topic : null,
        seq,
        ...(intendedUs === undefined ? {} : { intendedUs }),
        ...(publishedUs === undefined ? {} : { publishedUs }),
      }
    },
  }
}

/** How long a reading of the wall clock against the monotonic one is good for. */
const OFFSET_KEPT_US = 100e3

/** `readOffsetUs`: the wall clock less the monotonic one, in microseconds. */
export function wallTimes(clock: Clock, readOffsetUs: () => number): PointerClock {
  let readAtUs = Number.NEGATIVE_INFINITY
  let offsetUs = 0
  return {
    toMonotonicUs(unixUs) {
      const nowUs = clock.nowUs()
      if (nowUs - readAtUs > OFFSET_KEPT_US) {
        offsetUs = readOffsetUs()
        readAtUs = nowUs
      }
      return Math.round(unixUs - offsetUs)
    },
  }
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString())
  } catch {
    throw new NotAMessage(text)
  }
}

/** Digits in a text are a number too: many servers write ids so. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

function optional(pointer: string | null): PointerSteps | null {
  return pointer === null ? null : steps(pointer)
}

function steps(pointer: string): PointerSteps {
  const found = parsePointer(pointer)
  if (found === undefined) throw new Error(`${pointer} is no JSON pointer`)
  return found
}
