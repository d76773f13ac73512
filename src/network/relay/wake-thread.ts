import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../measure/clock.js'
import type { WakeTask } from './waker.js'

/** The waiting thread itself: sleeps until the relay has something to write, wakes its loop, and sleeps until it is told of another moment. */
const { words, moment } = workerData as WakeTask
const word = new Int32Array(words)
const atUs = new Float64Array(moment)
const port = parentPort
if (port === null) throw new Error('the waiting thread runs as a thread')
port.postMessage(null)

for (let seen = 0; Atomics.load(word, 1) === 0; ) {
  const waitUs = (atUs[0] as number) - systemClock.nowUs()
  if (waitUs <= 0) {
    atUs[0] = Number.POSITIVE_INFINITY
    port.postMessage(null)
  } else Atomics.wait(word, 0, seen, waitUs === Number.POSITIVE_INFINITY ? undefined : waitUs / 1e3)
  seen = Atomics.load(word, 0)
}
port.close()
