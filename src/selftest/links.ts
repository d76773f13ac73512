import type { Trial } from '../model/trial.js'

/** The part of a scenario that puts clients so far away; nothing where they are not. */
export function networkOf(roundTripUs: number): { network?: { rtt: string } } {
  return roundTripUs === 0 ? {} : { network: { rtt: `${roundTripUs}us` } }
}

/** Mean delays that the link achieved each way; 0 where there was none. */
export function delaysOf(trial: Trial): { toServerUs: number; toClientUs: number } {
  const link = linkOf(trial)
  return { toServerUs: link?.toServer.delayUs.mean ?? 0, toClientUs: link?.toClient.delayUs.mean ?? 0 }
}

interface Link {
  toServer: { delayUs: { mean: number | null } }
  toClient: { delayUs: { mean: number | null } }
}

function linkOf(trial: object): Link | null {
  return 'network' in trial ? (trial.network as Link | null) : null
}
