import { readlinkSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../measure/clock.js'
import type { MetronomeMessage, MetronomeTask } from './metronome.js'
import { createSchedule } from './schedule.js'

/** The waiting thread itself: sleeps until the next message is due, tells the main thread, and sleeps again. */
const task = workerData as MetronomeTask
const stop = new Int32Array(task.stop)
const schedule = createSchedule(task.feed, task.offsetsUs === null ? null : { offsetsUs: task.offsetsUs, topics: [], data: [] })
const port = parentPort
if (port === null) throw new Error('the metronome runs as a thread')

// The thread stays after its last tick, so that its processor time can still be read, until it is told to end.
port.on('message', (range: { epochUs: number; untilUs: number } | null) => {
  if (range === null) port.close()
  else tick(range.epochUs, range.untilUs)
})
send({ ready: { threadPath: threadPath() } })

function tick(epochUs: number, untilUs: number): void {
  for (let position = 1; Atomics.load(stop, 0) === 0; ) {
    const dueUs = epochUs + schedule.offsetUs(position)
    if (dueUs >= untilUs) return
    const waitUs = dueUs - systemClock.nowUs()
    if (waitUs > 0) {
      Atomics.wait(stop, 0, 0, waitUs / 1e3)
      continue
    }
    // Whatever is due by now is published by the same call. Counted before it: the main thread may be through before this one goes on.
    position = Math.max(position, schedule.countBefore(systemClock.nowUs() - epochUs + 1)) + 1
    send({ due: true })
  }
}

function send(message: MetronomeMessage): void {
  port?.postMessage(message)
}

/** `<pid>/task/<tid>` on Linux, to read this thread's processor time by. */
function threadPath(): string | null {
  try {
    return readlinkSync('/proc/thread-self')
  } catch {
    return null
  }
}
