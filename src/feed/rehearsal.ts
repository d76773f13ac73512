import { systemClock } from '../measure/clock.js'
import { Histogram } from '../measure/histogram.js'
import type { Codec } from './codec.js'
import type { Schedule } from './schedule.js'
import type { MessageSource } from './source.js'

/** Enough for V8 to compile what makes them: docs/decisions/0017 has what it brought. */
const MESSAGES = 3_000
/** Large messages are compiled as soon, and cost more to make. */
const MOST_BYTES = 8 << 20

/**
 * Makes messages that nobody gets, before the feed begins. V8 compiles what has been called some thousand times: a feed of 100 messages a second was
 * compiled in the window, in which that took a tenth of the server's processor time at 100 clients.
 */
export function rehearse(schedule: Schedule, source: MessageSource, codec: Codec): void {
  const delaysUs = new Histogram()
  let bytes = 0
  for (let position = 1; position <= MESSAGES && bytes < MOST_BYTES; position++) {
    const offsetUs = schedule.offsetUs(position)
    // A trace may be shorter.
    if (!Number.isFinite(offsetUs)) return
    const nowUs = systemClock.nowUs()
    bytes += codec.encode(source.message(position, nowUs + offsetUs, nowUs)).length
    delaysUs.record(systemClock.nowUs() - nowUs)
  }
}
