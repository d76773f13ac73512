import { readFileSync } from 'node:fs'

/** Processor time of a process so far, all its threads, in clock ticks as `/proc/stat` counts them; `null` where it is gone or the system does not tell. */
function processTicks(pid: number): number | null {
  try {
    // The name in parentheses may itself have spaces and parentheses.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const [user, system] = [Number(fields[11]), Number(fields[12])]
    return Number.isFinite(user + system) ? user + system : null
  } catch {
    return null
  }
}

/** Processor time of processes of which some come later and some go earlier: what one has used counts on when it is gone, and one that is new was not there before. */
export class TicksTogether {
  readonly #pids: () => readonly number[]
  readonly #ticksOf: (pid: number) => number | null
  readonly #last = new Map<number, number>()

  /** `pids`: those that there are at the moment. */
  constructor(pids: () => readonly number[], ticksOf = processTicks) {
    this.#pids = pids
    this.#ticksOf = ticksOf
  }

  read(): number {
    for (const pid of new Set([...this.#last.keys(), ...this.#pids()])) {
      const ticks = this.#ticksOf(pid)
      if (ticks !== null) this.#last.set(pid, ticks)
    }
    return [...this.#last.values()].reduce((sum, ticks) => sum + ticks, 0)
  }
}
