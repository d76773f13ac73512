import type { Problem } from '../model/errors.js'
import type { ScenarioNetwork } from '../model/scenario.js'
import { likelyPlace, type Places } from './problems.js'
import { tierOf } from './tier.js'

/** Of the key `network`, as it was read. */
interface Input {
  tier: ScenarioNetwork['tier']
  loss: number
  bandwidth?: number | undefined
  events: readonly unknown[]
}

/** E_NETEM: what the one who is to emulate the link cannot do. */
export function tierProblems(input: Input, hasTarget: boolean, places: Places): Problem[] {
  const { tier, loss, bandwidth, events } = input
  const problem = (key: string, message: string, hint: string): Problem => {
    const where = likelyPlace(places, [
      ['network', key],
      ['network', 'tier'],
      ['network', 'loss'],
    ])
    return { code: 'E_NETEM', where, message, hint }
  }
  if (tier === 'relay' && loss > 0)
    return [
      problem(
        'loss',
        `expected no loss with tier: relay, which passes on all that comes, got ${Number((loss * 100).toPrecision(6))} %`,
        'take tier: netem or auto',
      ),
    ]
  if (tierOf({ tier, lossShare: loss }).tier !== 'netem') return []
  const why = tier === 'netem' ? 'tier: netem' : 'loss, which makes it a link of the kernel'
  return [
    ...(bandwidth === undefined
      ? []
      : [
          problem(
            'bandwidth',
            `expected no bandwidth with ${why}, got one: the kernel's would be of all connections together`,
            'leave one of them out; a relay limits each connection',
          ),
        ]),
    ...(events.length === 0
      ? []
      : [
          problem(
            'events',
            `expected no events with ${why}, got ${events.length}: only a relay has them`,
            'leave one of them out',
          ),
        ]),
    ...(hasTarget
      ? [
          problem(
            'tier',
            `expected no target with ${why}, got one: a server of your own would be cut off from all that it needs`,
            'take tier: relay without loss',
          ),
        ]
      : []),
  ]
}
