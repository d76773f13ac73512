import type { Clock } from '../measure/clock.js'
import { readMachine } from '../measure/machine.js'
import { type Pause, PauseWatch } from '../measure/pauses.js'
import { TicksTogether } from '../measure/process-ticks.js'
import { readThrottling } from '../measure/throttling.js'

/** What the machine did between two moments, beside what was measured. Shares are of the whole machine, 0 to 1; `null` where the system does not tell. */
export interface MachineInterval {
  cpuOthersShare: number | null
  stealShare: number | null
  /** How often the control group was held back. */
  throttled: number | null
  throttlingPeriods: number | null
  /** The longest time in which the runner did not get to run. */
  pauseUs: number
  /** Change of the wall clock against the monotonic one. */
  wallClockDriftUs: number
}

interface Reading {
  atUs: number
  ticks: { busy: number; steal: number; total: number } | null
  ownTicks: number
  throttling: ReturnType<typeof readThrottling>
  wallOffsetUs: number
}

const LEAST_PAUSE_US = 100e3
const TICKS_PER_SEC = 100

/** Reads, at the moments at which it is told to, what the whole machine did and what of that were our own processes. */
export class MachineWatch {
  readonly #clock: Clock
  readonly #own: TicksTogether
  readonly #pauses: PauseWatch
  readonly #readings: Reading[] = []

  /** `pids`: of the processes that are measured, and measure, but for this one; asked at each reading, since a server may start workers at any time. */
  constructor(clock: Clock, pids: () => readonly number[]) {
    this.#clock = clock
    this.#own = new TicksTogether(pids)
    this.#pauses = new PauseWatch(LEAST_PAUSE_US, clock)
  }

  read(): void {
    const { ticks, wallOffsetUs } = readMachine(this.#clock)
    const { user, system } = process.cpuUsage()
    this.#readings.push({
      atUs: this.#clock.nowUs(),
      ticks,
      ownTicks: this.#own.read() + ((user + system) / 1e6) * TICKS_PER_SEC,
      throttling: readThrottling(),
      wallOffsetUs,
    })
  }

  /** Between each reading and the next, and between the first and the last. */
  finish(): { intervals: MachineInterval[]; whole: MachineInterval | null } {
    this.#pauses.stop()
    const readings = this.#readings
    const [first, last] = [readings[0], readings.at(-1)]
    return {
      intervals: readings.slice(1).map((end, index) => between(readings[index] as Reading, end, this.#pauses.pauses)),
      whole: first === undefined || last === undefined ? null : between(first, last, this.#pauses.pauses),
    }
  }

  stop(): void {
    this.#pauses.stop()
  }
}

function between(start: Reading, end: Reading, pauses: readonly Pause[]): MachineInterval {
  const total = start.ticks === null || end.ticks === null ? 0 : end.ticks.total - start.ticks.total
  const share = (ticks: number) => (total > 0 ? Math.round(Math.max(0, ticks / total) * 1e4) / 1e4 : null)
  const busy = (end.ticks?.busy ?? 0) - (start.ticks?.busy ?? 0)
  const both = start.throttling !== null && end.throttling !== null
  return {
    cpuOthersShare: share(busy - (end.ownTicks - start.ownTicks)),
    stealShare: share((end.ticks?.steal ?? 0) - (start.ticks?.steal ?? 0)),
    throttled: both ? (end.throttling?.throttled ?? 0) - (start.throttling?.throttled ?? 0) : null,
    throttlingPeriods: both ? (end.throttling?.periods ?? 0) - (start.throttling?.periods ?? 0) : null,
    pauseUs: Math.max(
      0,
      ...pauses.filter(({ fromUs, toUs }) => toUs > start.atUs && fromUs < end.atUs).map(({ fromUs, toUs }) => toUs - fromUs),
    ),
    wallClockDriftUs: Math.round(end.wallOffsetUs - start.wallOffsetUs),
  }
}
