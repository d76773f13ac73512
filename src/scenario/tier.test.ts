import { describe, expect, it } from 'vitest'
import { FeedbenchError } from '../model/errors.js'
import type { FleetDescription } from '../model/placement.js'
import { placeOnOneDriver, read, testFleet } from '../testing/scenarios.js'
import { makePlan } from './plan.js'
import { needsNetem } from './tier.js'

const NETEM: FleetDescription = { ...testFleet, netem: { isUsable: true } }
const NO_NETEM: FleetDescription = { ...testFleet, netem: { isUsable: false, why: 'there is no tc here (iproute2)' } }

async function linkOf(network: string, fleet: FleetDescription) {
  const hasLinks: (boolean | undefined)[] = []
  const place: typeof placeOnOneDriver = (clients, description, pin, hasLink) => {
    hasLinks.push(hasLink)
    return placeOnOneDriver(clients, description, pin, hasLink)
  }
  const plan = makePlan(await read({ network }), fleet, place, { seed: 1 })
  return { link: plan.trials[0]?.network, hasRelay: hasLinks[0] }
}

describe('who emulates a link', () => {
  it('is a relay where nobody says, also where the kernel could', async () => {
    for (const fleet of [testFleet, NO_NETEM, NETEM]) {
      const { link, hasRelay } = await linkOf('{ rtt: 20ms }', fleet)
      expect(link).toMatchObject({ tier: 'relay', lossShare: 0 })
      expect(link?.tierReason).toContain('nothing was asked for that needs the kernel')
      expect(hasRelay).toBe(true)
    }
  })

  it('is the kernel for loss, or where it is asked for, and then there is no relay to place', async () => {
    const lossy = await linkOf('{ rtt: 20ms, loss: 0.5% }', NETEM)
    expect(lossy.link).toMatchObject({ tier: 'netem', lossShare: 0.005, tierReason: 'only the kernel loses packets' })
    expect(lossy.hasRelay).toBe(false)
    expect((await linkOf('{ tier: netem }', NETEM)).link).toMatchObject({
      tier: 'netem',
      tierReason: 'asked for by the scenario',
    })
    expect((await linkOf('{ tier: relay }', NETEM)).link).toMatchObject({
      tier: 'relay',
      tierReason: 'asked for by the scenario',
    })
  })

  it.each([
    ['{ tier: netem }', 'network.tier'],
    ['{ loss: 1% }', 'network.loss'],
  ])('is refused before anything runs where the kernel would have to and cannot: %s', async (network, where) => {
    const error = await linkOf(network, NO_NETEM).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(FeedbenchError)
    expect((error as FeedbenchError).problems).toMatchObject([
      { code: 'E_NETEM', where, message: 'expected a link from the kernel, got: there is no tc here (iproute2)' },
    ])
  })

  it('is looked for in every load point of a matrix, and only then is the kernel asked', async () => {
    const networks = async (parts: Record<string, string>) =>
      (await read(parts)).loadPoints.map(({ scenario }) => scenario.network)
    expect(needsNetem(await networks({ matrix: '{ network.loss: [0%, 1%] }' }))).toBe(true)
    expect(needsNetem(await networks({ matrix: '{ network.rtt: [0ms, 10ms] }' }))).toBe(false)
    expect(needsNetem(await networks({}))).toBe(false)
  })
})
