import { z } from 'zod'
import type { Problem } from '../model/errors.js'
import type { NetworkEvent } from '../model/network.js'
import type { ScenarioNetwork } from '../model/scenario.js'
import { duration } from '../transports/options.js'
import { likelyPlace, type Places } from './problems.js'
import { share, speed } from './quantities.js'
import { tierProblems } from './tier-problems.js'

const DAY_US = 86_400e6

const at = duration(0, DAY_US, '0s to 24h').describe('Since the start of the measured window')
const ofConnections = share(1e-6, 1, 'more than 0% and at most 100%')
  .prefault('100%')
  .describe('Of the connections that are open then, drawn from the seed (default 100%)')
const length = duration(1e3, DAY_US, '1ms to 24h')

const event = z
  .strictObject({
    stall: z
      .strictObject({ at, for: length.prefault('1s').describe('How long nothing passes (default 1s)'), share: ofConnections })
      .optional()
      .describe('Nothing passes for so long, then all of it'),
    cut: z.strictObject({ at, share: ofConnections }).optional().describe('Connections are reset'),
    blackhole: z
      .strictObject({ at, for: length.optional().describe('Without it, to the end of the trial'), share: ofConnections })
      .optional()
      .describe('What is sent is swallowed, and nobody is told: connections are half open'),
  })
  .refine((kinds) => Object.values(kinds).filter((kind) => kind !== undefined).length === 1, {
    error: 'E_VALUE expected one of stall, cut and blackhole an entry',
  })

/** The link between clients and server. What its keys mean together is checked in `networkProblems`. */
export const networkSchema = z
  .strictObject({
    rtt: duration(0, 10e6, '0ms to 10s')
      .prefault('0ms')
      .describe('Round-trip time that the link adds, half of it each way (default 0ms)'),
    jitter: duration(0, 10e6, '0ms to 10s')
      .prefault('0ms')
      .describe('By how much the round trip varies either way, at most rtt; order is kept (default 0ms)'),
    bandwidth: speed(1_000, 12.5e9, '8kbit/s to 100Gbit/s')
      .optional()
      .describe('Of each connection in each direction, such as 10Mbit/s or 1MiB/s; without it no limit'),
    loss: share(0, 0.5, '0% to 50%')
      .prefault('0%')
      .describe('Of the packets, each by itself, in each direction; only the kernel (netem) can lose any (default 0%)'),
    tier: z
      .enum(['auto', 'relay', 'netem'])
      .default('auto')
      .describe(
        'Who emulates the link: a process of feedbench (relay), or the kernel (netem); auto is a relay, or netem for loss',
      ),
    events: z.array(event).max(100).default([]).describe('What happens to the link, and when'),
  })
  .optional()
  .describe('An emulated link between clients and server; without it they are connected directly')

export type NetworkInput = z.infer<typeof networkSchema>

/** In base units, events in the order in which they happen. */
export function toNetwork(input: NetworkInput): ScenarioNetwork | null {
  if (input === undefined) return null
  const { rtt, jitter, loss, tier, events } = input
  const planned = events.flatMap((entry) =>
    Object.entries(entry).flatMap(([kind, given]): NetworkEvent[] => {
      if (given === undefined) return []
      const lengthUs = 'for' in given ? (given.for ?? null) : null
      return [{ kind: kind as NetworkEvent['kind'], atUs: given.at, lengthUs, share: given.share }]
    }),
  )
  return {
    tier,
    rttUs: rtt,
    jitterUs: jitter,
    bandwidthBytesPerSec: input.bandwidth ?? null,
    lossShare: loss,
    events: planned.sort((a, b) => a.atUs - b.atUs),
  }
}

/** What else the scenario has. */
interface Around {
  measureUs: number
  hasTarget: boolean
}

/** E_RANGE: jitter beyond the round trip, and what would happen after the window. */
export function networkProblems(input: NetworkInput, { measureUs, hasTarget }: Around, places: Places): Problem[] {
  if (input === undefined) return []
  const problems = tierProblems(input, hasTarget, places)
  if (input.jitter > input.rtt) {
    problems.push({
      code: 'E_RANGE',
      where: likelyPlace(places, [
        ['network', 'jitter'],
        ['network', 'rtt'],
      ]),
      message: `expected a jitter of at most the rtt of ${ms(input.rtt)}, got ${ms(input.jitter)}`,
      hint: 'no message can arrive before it was sent: take a longer rtt or less jitter',
    })
  }
  for (const [index, entry] of input.events.entries()) {
    for (const [kind, given] of Object.entries(entry)) {
      if (given === undefined || given.at < measureUs) continue
      problems.push({
        code: 'E_RANGE',
        where: likelyPlace(places, [
          ['network', 'events', index, kind, 'at'],
          ['phases', 'measure'],
        ]),
        message: `expected a time within the measured window of ${ms(measureUs)}, got ${ms(given.at)}`,
        hint: 'take an earlier time, or a longer phases.measure',
      })
    }
  }
  return problems
}

function ms(us: number): string {
  return `${Number((us / 1e3).toPrecision(6))} ms`
}
