import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ClockDomain } from '../model/placement.js'

/** All processes of a host share CLOCK_MONOTONIC: the offset between them is nothing. */
export function hostClockDomain(): ClockDomain {
  return { domain: `monotonic@${bootId() ?? hostname()}`, offsetUs: 0, errorUs: 0 }
}

/** Changes with each start of the machine, as the monotonic clock's zero does. */
function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return undefined
  }
}
