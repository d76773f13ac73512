import { readFileSync } from 'node:fs'

/** Descriptors that this process may have open; the greatest safe integer where there is no limit. */
export function descriptorLimit(): number {
  try {
    return descriptorLimitIn(readFileSync('/proc/self/limits', 'utf8'))
  } catch {
    return descriptorLimitIn(undefined)
  }
}

/** From the text of `/proc/self/limits`, where there is one. */
export function descriptorLimitIn(limits: string | undefined): number {
  const limit = limits?.match(/^Max open files\s+\S+\s+(\S+)/m)?.[1]
  // Node raises its soft limit to the hard one at start. macOS and Windows: a value that both offer.
  return limit === undefined ? 10_240 : limit === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(limit)
}
