import { recentPercentiles } from '../measure/recent.js'
import type { Progress, TrialProgress } from '../model/member.js'
import type { Member } from './fleet.js'

/** Puts together what the drivers of a trial say while it goes on. */
export class ProgressSum {
  /** Of the windows, once it is known. */
  scheduled: number | null = null
  /** Whose load it is; `null` while there is none, or one that is not a process of ours. */
  server: Pick<Member, 'cpuUs'> | null = null
  readonly #drivers: number
  readonly #last = new Map<number, Progress>()

  constructor(drivers: number) {
    this.#drivers = drivers
  }

  /** `driver`: from 0. The whole of the trial, once in each round of reports: with the one that comes first. `null` else. */
  note(driver: number, progress: Progress): TrialProgress | null {
    const isDue = this.#last.size === 0 || driver === this.#last.keys().next().value
    this.#last.set(driver, progress)
    return isDue ? this.#whole() : null
  }

  #whole(): TrialProgress {
    const all = [...this.#last.values()]
    const sum = (figure: (progress: Progress) => number) => all.reduce((total, progress) => total + figure(progress), 0)
    const most = (figure: (progress: Progress) => number) => Math.max(...all.map(figure))
    const [p50 = null, p99 = null] = recentPercentiles(
      all.map(({ recent }) => recent),
      [50, 99],
    )
    return {
      connected: sum(({ connected }) => connected),
      delivered: sum(({ delivered }) => delivered),
      superseded: sum(({ superseded }) => superseded),
      seen: most(({ seen }) => seen),
      newest: most(({ newest }) => newest),
      received: sum(({ received }) => received),
      scheduled: this.scheduled,
      latencyUs: p50 === null || p99 === null ? null : { p50, p99 },
      driverCpuUs: Array.from({ length: this.#drivers }, (_, index) => this.#last.get(index)?.cpuUs ?? null),
      serverCpuUs: this.server?.cpuUs() ?? null,
    }
  }
}
