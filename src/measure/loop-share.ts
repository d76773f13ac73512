import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** Of which part of the time between `start` and `stop` the event loop was at work, 0 to 1. */
export class LoopShareMeter {
  #from: EventLoopUtilization | null = null

  start(): void {
    this.#from = performance.eventLoopUtilization()
  }

  /** `null` where it was not started. */
  stop(): number | null {
    if (this.#from === null) return null
    const { utilization } = performance.eventLoopUtilization(this.#from)
    this.#from = null
    return Math.round(utilization * 1e4) / 1e4
  }
}
