import { readFileSync } from 'node:fs'

/** Linux counts processor time in ticks of 1/100 s for `/proc`. */
export const TICKS_PER_SEC = 100

/** What a process has used so far, in microseconds, to 10 ms, with all its threads; `null` where the system does not tell. It is not asked, and does not notice. */
export function processCpuUs(pid: number): number | null {
  try {
    // The name in parentheses may itself have spaces and parentheses; state is the third field, user and system time the 14th and 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
    const ticks = Number(fields[11]) + Number(fields[12])
    return Number.isFinite(ticks) ? (ticks / TICKS_PER_SEC) * 1e6 : null
  } catch {
    return null
  }
}
