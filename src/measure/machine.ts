import { readFileSync } from 'node:fs'
import { type Clock, systemClock, wallClockUs } from './clock.js'

/** What the whole machine did up to a moment. */
export interface MachineReading {
  /** The wall clock less the monotonic one, in microseconds: changes only where the wall clock steps or is slewed. */
  wallOffsetUs: number
  /** Over all cores, in clock ticks; `null` where the system does not tell. */
  ticks: { busy: number; steal: number; total: number } | null
}

export function readMachine(clock: Clock = systemClock): MachineReading {
  return { wallOffsetUs: wallClockUs() - clock.nowUs(), ticks: readTicks() }
}

/** First line of /proc/stat: user nice system idle iowait irq softirq steal guest guest_nice, guest being part of user. */
function readTicks(): MachineReading['ticks'] {
  try {
    const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
      .split(/\s+/)
      .slice(1)
      .map(Number)
    const busy = user + nice + system + irq + softirq
    return { busy, steal, total: busy + idle + iowait + steal }
  } catch {
    return null
  }
}
