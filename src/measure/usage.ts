import { type EventLoopUtilization, monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Usage } from '../model/shard.js'
import { systemClock } from './clock.js'
import { collectGarbage } from './garbage.js'

/**
 * `monitorEventLoopDelay` counts its own resolution in: an idle loop shows this much, which is taken off below. Its timer runs in the process that is
 * measured: at 10 ms it cost 2.3 ms of processor time a second, as much as 35 us a message in a scenario of rare updates.
 */
const DELAY_RESOLUTION_MS = 100

/** What this process uses between `start` and `stop`. */
export class UsageMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  readonly #gcObserver = new PerformanceObserver((list) => this.#addGc(list.getEntries()))
  #gcMs = 0
  #startedUs = 0
  #cpu: NodeJS.CpuUsage = { user: 0, system: 0 }
  #loop: EventLoopUtilization = { idle: 0, active: 0, utilization: 0 }

  /** Called again before `stop`, it forgets what was before. */
  start(): void {
    this.#gcObserver.observe({ entryTypes: ['gc'] })
    this.#gcObserver.takeRecords()
    this.#gcMs = 0
    this.#delay.enable()
    this.#delay.reset()
    this.#loop = performance.eventLoopUtilization()
    this.#startedUs = systemClock.nowUs()
    this.#cpu = process.cpuUsage()
  }

  stop(): Usage {
    const cpu = process.cpuUsage(this.#cpu)
    const loop = performance.eventLoopUtilization(this.#loop)
    const delayNs = this.#delay.percentile(99)
    const delayCount = this.#delay.count
    this.#delay.disable()
    this.#addGc(this.#gcObserver.takeRecords())
    this.#gcObserver.disconnect()
    return {
      sampledUs: systemClock.nowUs() - this.#startedUs,
      cpuUserUs: cpu.user,
      cpuSystemUs: cpu.system,
      eventLoopUtilization: Math.round(loop.utilization * 1e4) / 1e4,
      eventLoopDelayUsP99: delayCount === 0 ? null : Math.max(0, Math.round(delayNs / 1e3 - DELAY_RESOLUTION_MS * 1e3)),
      gcUs: Math.round(this.#gcMs * 1e3),
      rssBytes: process.memoryUsage.rss(),
    }
  }

  #addGc(entries: PerformanceEntry[]): void {
    for (const entry of entries) this.#gcMs += entry.duration
  }
}

type PerformanceEntry = ReturnType<PerformanceObserver['takeRecords']>[number]

/** Collections before memory is read, and the pause after each, in which the allocator gives pages back. */
const COLLECTIONS = 3
const PAUSE_MS = 100

/**
 * Resident bytes with what is garbage collected first, where the process runs with `--expose-gc`: without that the difference of two
 * readings says more about the collector than about connections. After one collection alone, 200 connections came out as 1 kB each or
 * as 13 kB; after three with pauses the readings repeat.
 */
export async function settledRssBytes(): Promise<number> {
  useYoungGeneration()
  for (let round = 0; round < COLLECTIONS; round++) {
    collectGarbage()
    await sleep(PAUSE_MS)
  }
  return process.memoryUsage.rss()
}

/** More than twice the young generation that members have (see local-fleet.ts), so that each page of it has been in use. */
const GARBAGE_BYTES = 80 << 20
const ARRAY_LENGTH = 1_000

/** Connections must not be charged for the pages of the young generation that they happen to be the first to use. */
function useYoungGeneration(): void {
  let last: number[] = []
  for (let bytes = 0; bytes < GARBAGE_BYTES; bytes += ARRAY_LENGTH * 8) last = new Array<number>(ARRAY_LENGTH).fill(last.length)
}
