import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { childrenTitled, sleep } from '../run-scenario.mjs'

export const POLL_INTERVAL_MS = 100
export const TRANSPORTS = [
  { polling: { interval: `${POLL_INTERVAL_MS}ms` } },
  'long-polling',
  'http-streaming',
  'sse',
  'websocket',
]
/**
 * The first has enough messages in its window for p50 and p90 to be judged, the second for p99 too; the third has clients enough for a queue in the driver; the fourth
 * lasts long enough for the driver's beats at p99.
 */
export const LOADS = [
  { clients: 20, rate: '60/s', measure: '1s' },
  { clients: 10, rate: '450/s', measure: '1s' },
  { clients: 100, rate: '45/s', measure: '1s' },
  { clients: 50, rate: '100/s', measure: '5s' },
]

/**
 * The ways in which a driver is kept from running, from hard to hardly at all. Each is `{ name, kind, begin }`; `begin` is called when a trial warms up,
 * and returns what ends it. `environment` is for the members, from their start.
 */
const BLOCKER = fileURLToPath(new URL('block-loop.mjs', import.meta.url))
/** Whatever becomes of this program, what it started ends by itself. */
const LONGEST_S = 60
const LEAST_PRIORITY = 19

/** What must be flagged. */
export const STARVED = [
  frozen(24, 150),
  hogged(3),
  blocked(60, 200),
  niced(1),
  frozen(60, 100),
  blocked(25, 80),
  frozen(40, 250),
  niced(2),
  blocked(30, 60),
  hogged(6),
]

/** What is between the two: only how wrong the figures were is of interest. */
export const MILD = [frozen(8, 100), blocked(4, 40), hogged(1), frozen(4, 30), blocked(10, 250), frozen(15, 500)]

/** What must not be flagged. */
export const HEALTHY = [{ name: 'left alone', kind: 'healthy', begin: () => () => {} }]

/** Stopped and continued in a rhythm. */
function frozen(stoppedMs, ofMs) {
  return {
    name: `stopped for ${stoppedMs} of ${ofMs} ms`,
    begin() {
      const drivers = childrenTitled('feedbench driver')
      let isOver = false
      const rhythm = async () => {
        while (!isOver) {
          signal(drivers, 'SIGSTOP')
          await sleep(stoppedMs)
          signal(drivers, 'SIGCONT')
          await sleep(ofMs - stoppedMs)
        }
      }
      void rhythm()
      return () => {
        isOver = true
        signal(drivers, 'SIGCONT')
      }
    },
  }
}

/** Busy processes on the driver's core. */
function hogged(hogs) {
  return {
    name: `beside ${hogs} busy ${hogs === 1 ? 'process' : 'processes'} on its core`,
    begin() {
      const started = childrenTitled('feedbench driver').flatMap((driver) =>
        Array.from({ length: hogs }, () => hogBeside(driver)),
      )
      return () => {
        for (const child of started) child.kill('SIGKILL')
      }
    },
  }
}

/** Of the least priority, beside busy processes of the usual one. */
function niced(hogs) {
  const hogging = hogged(hogs)
  return {
    name: `niced down, ${hogging.name}`,
    begin() {
      for (const driver of childrenTitled('feedbench driver')) setPriority(driver, LEAST_PRIORITY)
      return hogging.begin()
    },
  }
}

/** A loop that something else in the process keeps busy. */
function blocked(busyMs, everyMs) {
  return {
    name: `loop blocked for ${busyMs} of ${busyMs + everyMs} ms`,
    environment: { CLASSIFIER_BLOCK: `${busyMs}/${everyMs}`, NODE_OPTIONS: `--import=${BLOCKER}` },
    begin: () => () => {},
  }
}

function hogBeside(pid) {
  const cores = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  const code = `const end = performance.now() + ${LONGEST_S * 1e3}; while (performance.now() < end);`
  return spawn('taskset', ['-c', cores, process.execPath, '-e', code], { stdio: 'ignore' })
}

function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // Its trial is over.
    }
  }
}
