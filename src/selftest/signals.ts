import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../measure/clock.js'

/** Stops processes for so long, and continues them whatever happens. Resolves to how long it was, in microseconds. */
export async function stopped(pids: readonly number[], ms: number, clock: Clock, signal: AbortSignal): Promise<number> {
  const startUs = clock.nowUs()
  for (const pid of pids) send(pid, 'SIGSTOP')
  try {
    await sleep(ms, undefined, { signal })
  } finally {
    for (const pid of pids) send(pid, 'SIGCONT')
  }
  return clock.nowUs() - startUs
}

/** A process may have ended just now, which its trial tells of. */
function send(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
