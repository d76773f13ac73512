import { parentPort, workerData } from 'node:worker_threads'
import autocannon from 'autocannon'

/** What the thread is told at its start; then it is told durations in seconds, and answers each with what it saw. */
export interface CeilingTask {
  url: string
  connections: number
}

export interface CeilingAnswer {
  answered: number
  failed: number
  tookSec: number
}

/** After this without an answer a request has failed, in seconds. */
const TIMEOUT_SEC = 5
/** How often it looks whether its time is over, in milliseconds. */
const SAMPLE_MS = 100

/** The load generator in a thread of its own, so that neither it nor the command keeps the other waiting. */
const { url, connections } = workerData as CeilingTask
parentPort?.on('message', (seconds: number) => void shoot(seconds).then((answer) => parentPort?.postMessage(answer)))

async function shoot(seconds: number): Promise<CeilingAnswer> {
  const result = await autocannon({ url, connections, duration: seconds, timeout: TIMEOUT_SEC, sampleInt: SAMPLE_MS })
  const { duration, errors, non2xx } = result
  return { answered: result['2xx'], failed: errors + non2xx, tookSec: duration }
}
