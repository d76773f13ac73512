import { z } from 'zod'
import { checkRules } from '../analysis/gate/check-rules.js'
import { DEFAULT_GATE_RULES } from '../analysis/gate/rules.js'
import type { Problem } from '../model/errors.js'
import { COMPARED_METRICS, type ComparedMetric } from '../model/gate.js'
import type { Scenario, ScenarioGate } from '../model/scenario.js'
import { duration } from '../transports/options.js'
import { likelyPlace, type Path, type Places } from './problems.js'
import { share } from './quantities.js'

/** Of a slice, that count; the first is dropped. */
const LEAST_PUBLISHES = 10
/** Of each side. A round with fewer that count is invalid. */
const LEAST_SLICES = 8
/** A slice must hold several polls of each client, or its end weighs too much. */
const INTERVALS_PER_SLICE = 4

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
      .prefault('0.5%')
      .describe('Instead of the margin of bytes where each round of a side has the same bytes (default 0.5%)'),
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
  const { slice, perSide, margins, ...levels } = input ?? gateSchema.unwrap().parse({})
  const given = COMPARED_METRICS.map((metric) => {
    const value = margins[metric]
    return [metric, value === undefined ? DEFAULT_GATE_RULES.margins[metric] : value]
  })
  return {
    sliceUs: slice,
    perSideUs: perSide,
    rules: { ...levels, margins: Object.fromEntries(given) as ScenarioGate['rules']['margins'] },
  }
}

interface Around {
  /** Of the matrix. */
  loadPoints: number
  /** Where in the file each of the transports stands. */
  entries: readonly number[]
  form: 'slices' | 'runs'
}

/** All that would keep a gate of this scenario from measuring or from ever deciding. */
export function gateProblems(scenario: Scenario, { loadPoints, entries, form }: Around, places: Places): Problem[] {
  const { gate, transports } = scenario
  const ofRules = checkRules(gate.rules, transports.length).map(({ path, ...problem }) => ({
    ...problem,
    where: places.where(['gate', ...path]),
  }))
  const ofBoth = [...ofRules, ...loadPointProblems(loadPoints, places), ...orderProblems(scenario, places)]
  if (form === 'runs') return ofBoth
  return [...ofBoth, ...sliceProblems(scenario, entries, places), ...contentProblems(scenario, places)]
}

/** One reordered message more than the baseline has fails a gate: it must not be the publisher's doing, which is chance. */
function orderProblems({ target }: Scenario, places: Places): Problem[] {
  const connections = target?.publish?.connections ?? 1
  if (connections === 1) return []
  const message = `expected posts one after the other, but with ${connections} connections they may overtake each other, which fails a gate by chance`
  const hint = 'take connections out of target.publish, or publish over a WebSocket'
  return [{ code: 'E_GATE', where: places.where(['target', 'publish', 'connections'], 'key'), message, hint }]
}

function loadPointProblems(loadPoints: number, places: Places): Problem[] {
  if (loadPoints === 1) return []
  const message = `expected one load point, but the matrix has ${loadPoints}`
  return [{ code: 'E_GATE', where: places.where(['matrix'], 'key'), message, hint: 'leave matrix out of a scenario for a gate' }]
}

function sliceProblems({ gate, feed, transports }: Scenario, entries: readonly number[], places: Places): Problem[] {
  const { sliceUs, perSideUs } = gate
  const problems: Problem[] = []
  const add = (paths: readonly [Path, ...Path[]], message: string, hint: string) =>
    problems.push({ code: 'E_GATE', where: likelyPlace(places, paths), message, hint })
  const publishes = (feed.ratePerSec * sliceUs) / 1e6
  if (publishes < LEAST_PUBLISHES + 1)
    add(
      [
        ['gate', 'slice'],
        ['feed', 'rate'],
      ],
      `expected ${LEAST_PUBLISHES + 1} messages or more a slice of ${ms(sliceUs)}, of which the first does not count, but at ${plain(feed.ratePerSec)}/s there are ${plain(publishes)}`,
      `set feed.rate to ${Math.ceil(((LEAST_PUBLISHES + 1) * 1e6) / sliceUs)}/s or more, or gate.slice to ${Math.ceil(((LEAST_PUBLISHES + 1) * 1e3) / feed.ratePerSec)}ms`,
    )
  const slices = Math.round(perSideUs / sliceUs)
  if (slices < LEAST_SLICES)
    add(
      [
        ['gate', 'perSide'],
        ['gate', 'slice'],
      ],
      `expected ${LEAST_SLICES} slices or more of each side, but ${ms(perSideUs)} have ${slices} of ${ms(sliceUs)}`,
      'raise gate.perSide or lower gate.slice',
    )
  for (const [index, { transport, options }] of transports.entries()) {
    const { intervalUs } = options
    if (typeof intervalUs !== 'number' || sliceUs >= INTERVALS_PER_SLICE * intervalUs) continue
    add(
      [
        ['transports', entries[index] ?? index, transport, 'interval'],
        ['gate', 'slice'],
      ],
      `expected slices of ${INTERVALS_PER_SLICE} intervals or more, but ${ms(sliceUs)} have ${plain(sliceUs / intervalUs)} of ${ms(intervalUs)}`,
      `poll every ${Math.floor(sliceUs / 1e3 / INTERVALS_PER_SLICE)}ms or more often, or raise gate.slice`,
    )
  }
  return problems
}

/** What a gate does not know how to give to two servers in turn. */
function contentProblems({ slowReaders, network, target }: Scenario, places: Places): Problem[] {
  const refused: [isThere: boolean, key: string, message: string][] = [
    [slowReaders !== null, 'slowReaders', 'expected clients that read as fast as they can, but the scenario has slow readers'],
    [
      target !== null && target.publish === null,
      'target',
      'expected a target that messages are published to, but it publishes by itself',
    ],
    [network !== null, 'network', 'expected clients that are connected directly, but the scenario has a link'],
  ]
  return refused.flatMap(([isThere, key, message]) =>
    isThere
      ? [
          {
            code: 'E_GATE' as const,
            where: places.where([key], 'key'),
            message,
            hint: key === 'target' ? 'give target.publish' : `leave ${key} out of a scenario for a gate`,
          },
        ]
      : [],
  )
}

function ms(us: number): string {
  return `${plain(us / 1e3)} ms`
}

function plain(value: number): string {
  return String(Number(value.toPrecision(3)))
}
