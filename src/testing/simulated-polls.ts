import { stratifiedPhases } from '../driver/phases.js'
import { createSchedule } from '../feed/schedule.js'
import { ofValues } from '../theory/latency.js'
import type { LongPollingCase } from '../theory/long-polling.js'
import type { PollingCase, PullModel } from '../theory/polling.js'

/** Loops of polls over a feed, event by event and without a formula: what the models are held against. */

interface Size {
  messages: number
  seed: number
}

type Simulated = Omit<PullModel, 'answers'>

/** What one client did. */
interface Course {
  latenciesUs: number[]
  requests: number
  empty: number
  /** Integral of the age of the newest message, from the first answer to the last. */
  ageAreaUs: number
  observedUs: number
}

export function simulatePolling(
  { arrival, ratePerSec, intervalUs, toServerUs, toClientUs, latestOnly }: PollingCase,
  { messages, seed, clients }: Size & { clients: number },
): Simulated {
  const dueUs = due(arrival, ratePerSec, { messages, seed })
  const lastUs = dueUs[messages - 1] as number
  const courses = [...stratifiedPhases(clients, seed)].map((phase) => {
    const note = notes()
    let next = 0
    let isOpenUntilUs = Number.NEGATIVE_INFINITY
    for (let tick = 0; ; tick++) {
      const sentUs = (phase + tick) * intervalUs
      if (sentUs <= isOpenUntilUs) continue
      const readUs = sentUs + toServerUs
      // Beyond the last message the newest would not be superseded any more.
      if (readUs >= lastUs) break
      isOpenUntilUs = readUs + toClientUs
      const first = next
      while (next < messages && (dueUs[next] as number) <= readUs) next++
      note.answer(dueUs.slice(latestOnly ? Math.max(first, next - 1) : first, next), readUs + toClientUs)
    }
    return note.course
  })
  return together(courses, messages)
}

export function simulateLongPolling(
  { arrival, ratePerSec, toServerUs, toClientUs, holdUs, thinkUs = 0 }: LongPollingCase,
  size: Size,
): Simulated {
  const { messages } = size
  const dueUs = due(arrival, ratePerSec, size)
  const note = notes()
  let next = 0
  let requestUs = 0
  while (next < messages) {
    const leavesUs = Math.min(Math.max(requestUs, dueUs[next] as number), requestUs + holdUs)
    const first = next
    while (next < messages && (dueUs[next] as number) <= leavesUs) next++
    note.answer(dueUs.slice(first, next), leavesUs + toClientUs)
    requestUs = leavesUs + toClientUs + thinkUs + toServerUs
  }
  return together([note.course], messages)
}

function due(arrival: 'poisson' | 'periodic', ratePerSec: number, { messages, seed }: Size): number[] {
  const schedule = createSchedule({ arrival, ratePerSec, payloadBytes: 200, burst: null, trace: null, seed }, null)
  return Array.from({ length: messages }, (_, index) => schedule.offsetUs(index + 1))
}

function notes() {
  const course: Course = { latenciesUs: [], requests: 0, empty: 0, ageAreaUs: 0, observedUs: 0 }
  let newestUs = Number.NaN
  let heldSinceUs = 0
  return {
    course,
    answer(dueUs: readonly number[], receivedUs: number) {
      course.requests++
      if (dueUs.length === 0) course.empty++
      for (const us of dueUs) course.latenciesUs.push(receivedUs - us)
      if (dueUs.length === 0) return
      if (!Number.isNaN(newestUs)) {
        course.ageAreaUs += ((receivedUs - newestUs) ** 2 - (heldSinceUs - newestUs) ** 2) / 2
        course.observedUs += receivedUs - heldSinceUs
      }
      newestUs = dueUs.at(-1) as number
      heldSinceUs = receivedUs
    },
  }
}

function together(courses: readonly Course[], messages: number): Simulated {
  const sum = (of: (course: Course) => number) => courses.reduce((total, course) => total + of(course), 0)
  const expected = messages * courses.length
  return {
    latency: ofValues(courses.flatMap(({ latenciesUs }) => latenciesUs)),
    requestsPerMessage: sum(({ requests }) => requests) / expected,
    emptyShare: sum(({ empty }) => empty) / sum(({ requests }) => requests),
    deliveredShare: sum(({ latenciesUs }) => latenciesUs.length) / expected,
    stalenessMeanUs: sum(({ ageAreaUs }) => ageAreaUs) / sum(({ observedUs }) => observedUs),
  }
}
