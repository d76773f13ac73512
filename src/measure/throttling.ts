import { readFileSync } from 'node:fs'

/** How often the control group of this process was let run, and how often it was stopped because it had used up its share; since its start. */
export interface Throttling {
  periods: number
  throttled: number
}

const FILES = ['/sys/fs/cgroup/cpu.stat', '/sys/fs/cgroup/cpu/cpu.stat']

/** `null` where the system does not tell, or the group has no limit. */
export function readThrottling(): Throttling | null {
  for (const file of FILES) {
    const text = readText(file)
    const periods = Number(/^nr_periods (\d+)$/m.exec(text)?.[1] ?? 0)
    const throttled = Number(/^nr_throttled (\d+)$/m.exec(text)?.[1] ?? 0)
    if (periods > 0) return { periods, throttled }
  }
  return null
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
