import { readFileSync } from 'node:fs'

/** Processor time of a process so far, all its threads, in clock ticks as `/proc/stat` counts them; `null` where it is gone or the system does not tell. */
export function processTicks(pid: number): number | null {
  try {
    // The name in parentheses may itself have spaces and parentheses.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const [user, system] = [Number(fields[11]), Number(fields[12])]
    return Number.isFinite(user + system) ? user + system : null
  } catch {
    return null
  }
}
