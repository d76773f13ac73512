import { z } from 'zod'
import { DEFAULT_GATE_RULES } from '../analysis/gate/rules.js'
import { COMPARED_METRICS, type ComparedMetric } from '../model/gate.js'
import type { ScenarioGate } from '../model/scenario.js'
import { duration } from '../transports/options.js'
import { share } from './quantities.js'

const margin = share(0, 1, '0% to 100%')
  .nullable()
  .optional()
  .describe('The change that matters, such as 5%; null: shown, decides nothing')

/** How a gate measures and decides. What its keys mean together is checked in `gateProblems`. */
export const gateSchema = z
  .strictObject({
    slice: duration(50e3, 10e6, '50ms to 10s')
      .prefault('250ms')
      .describe('How long one side has the load before it is the turn of the other (default 250ms)'),
    perSide: duration(500e3, 600e6, '500ms to 10m')
      .prefault('5s')
      .describe('All slices of a side together, for each transport and round (default 5s)'),
    margins: z
      .strictObject(
        Object.fromEntries(COMPARED_METRICS.map((metric) => [metric, margin])) as Record<ComparedMetric, typeof margin>,
      )
      .prefault({})
      .describe('The change of each metric that matters, such as latencyUs.p50: 5%; null: shown, decides nothing'),
    identicalBytesMargin: share(0, 1, '0% to 100%')
      .optional()
      .describe(
        'Instead of the margin of bytes where each round of a side has the same bytes (default 0.5%; where margins has another than 1% for bytes, that)',
      ),
    looks: z
      .array(z.number())
      .default(DEFAULT_GATE_RULES.looks)
      .describe('After how many valid rounds the gate may decide; the last is the most that are measured'),
    alphas: z
      .array(z.number())
      .default(DEFAULT_GATE_RULES.alphas)
      .describe('The chance of a false alarm that each look may spend'),
    passAlpha: z
      .number()
      .default(DEFAULT_GATE_RULES.passAlpha)
      .describe('Level at which each metric has to be shown not to be worse than its margin'),
    mostReplacedShare: share(0, 1, '0% to 100%')
      .prefault('25%')
      .describe('Of the most rounds, how many may be invalid and be measured again (default 25%)'),
  })
  .optional()
  .describe('How feedbench gate compares two servers; run does not read it')

type GateInput = z.infer<typeof gateSchema>

/** With STATISTICS' defaults where nothing is said. */
export function toGate(input: GateInput): ScenarioGate {
  const { slice, perSide, margins, identicalBytesMargin, ...levels } = input ?? gateSchema.unwrap().parse({})
  const given = COMPARED_METRICS.map((metric) => {
    const value = margins[metric]
    return [metric, value === undefined ? DEFAULT_GATE_RULES.margins[metric] : value]
  })
  return {
    sliceUs: slice,
    perSideUs: perSide,
    rules: {
      ...levels,
      margins: Object.fromEntries(given) as ScenarioGate['rules']['margins'],
      identicalBytesMargin: identicalBytesMargin ?? identicalMargin(margins['bytes.perMessage']),
    },
  }
}

/** Who sets a margin of bytes of their own means it for all bytes. */
function identicalMargin(given: number | null | undefined): number {
  const { identicalBytesMargin, margins } = DEFAULT_GATE_RULES
  return given == null || given === margins['bytes.perMessage'] ? identicalBytesMargin : given
}
