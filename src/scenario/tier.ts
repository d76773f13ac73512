import { FeedbenchError } from '../model/errors.js'
import type { NetworkTier, PlannedNetwork } from '../model/network.js'
import type { FleetDescription } from '../model/placement.js'
import type { ScenarioNetwork } from '../model/scenario.js'

type Asked = Pick<ScenarioNetwork, 'tier' | 'lossShare'>

/** Who emulates a link, and why. */
export function tierOf({ tier, lossShare }: Asked): { tier: NetworkTier; tierReason: string } {
  if (tier !== 'auto') return { tier, tierReason: 'asked for by the scenario' }
  if (lossShare > 0) return { tier: 'netem', tierReason: 'only the kernel loses packets' }
  return { tier: 'relay', tierReason: 'nothing was asked for that needs the kernel, and a relay is the same on every machine' }
}

/** Whether any of these links needs the kernel, so that it is worth asking whether there it is. */
export function needsNetem(networks: readonly (ScenarioNetwork | null)[]): boolean {
  return networks.some((network) => network !== null && tierOf(network).tier === 'netem')
}

/** @throws FeedbenchError E_NETEM, where the kernel would have to make it and does not */
export function plannedNetwork(network: ScenarioNetwork, { netem }: Pick<FleetDescription, 'netem'>): PlannedNetwork {
  const decided = tierOf(network)
  if (decided.tier === 'netem' && netem?.isUsable !== true) {
    throw new FeedbenchError({
      code: 'E_NETEM',
      where: network.lossShare > 0 ? 'network.loss' : 'network.tier',
      message: `expected a link from the kernel, got: ${netem?.why ?? 'this fleet has none'}`,
      hint:
        network.lossShare > 0
          ? 'leave out loss, which only the kernel can show; feedbench doctor says which links this machine has'
          : 'take tier: auto, which is a relay here; feedbench doctor says which links this machine has',
    })
  }
  return { ...network, ...decided, events: network.events.map((event) => ({ ...event })) }
}
