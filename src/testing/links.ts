import type { PlannedNetwork } from '../model/network.js'

/** A relay's link of 20 ms there and back, and any part of it replaced. */
export function buildLink(parts: Partial<PlannedNetwork> = {}): PlannedNetwork {
  return {
    tier: 'relay',
    tierReason: 'asked for by the scenario',
    rttUs: 20_000,
    jitterUs: 0,
    bandwidthBytesPerSec: null,
    lossShare: 0,
    events: [],
    ...parts,
  }
}
