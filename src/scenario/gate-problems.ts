import { checkRules } from '../analysis/gate/check-rules.js'
import type { Problem } from '../model/errors.js'
import type { Scenario } from '../model/scenario.js'
import type { NamedTrace } from './feed.js'
import { sliceProblems } from './gate-slices.js'
import type { Places } from './problems.js'

interface Around {
  /** Of the matrix. */
  loadPoints: number
  /** Where in the file each of the transports stands. */
  entries: readonly number[]
  /** `null` where the feed has none. */
  trace: NamedTrace | null
  /** `rules`: nobody has asked for a gate yet, and which form it will have is not known. */
  form: 'slices' | 'runs' | 'rules'
}

/** All that would keep a gate of this scenario from measuring or from ever deciding. */
export function gateProblems(scenario: Scenario, { loadPoints, entries, trace, form }: Around, places: Places): Problem[] {
  const { gate, transports } = scenario
  const ofRules = checkRules(gate.rules, transports.length).map(({ path, ...problem }) => ({
    ...problem,
    where: places.where(['gate', ...path]),
  }))
  if (form === 'rules') return ofRules
  const ofBoth = [...ofRules, ...loadPointProblems(loadPoints, places), ...orderProblems(scenario, places)]
  if (form === 'runs') return [...ofBoth, ...pollProblems(scenario, places)]
  return [...ofBoth, ...sliceProblems(scenario, { entries, trace }, places), ...contentProblems(scenario, places)]
}

/** Of whole runs, the latency of polls is that of their interval, and decides nothing. */
function pollProblems({ gate: { rules }, transports }: Scenario, places: Places): Problem[] {
  const { 'bytes.perMessage': bytes, 'server.cpuUsPerMessage': cpu } = rules.margins
  const isDecided = bytes !== null || cpu !== null || transports.some(({ options }) => typeof options.intervalUs !== 'number')
  if (isDecided) return []
  const message = 'expected something to decide by, but the latency of polls in whole runs is that of their interval'
  const hint = 'give gate.margins one of bytes.perMessage, measure another transport too, or let two servers take turns'
  return [{ code: 'E_GATE', where: places.where(['transports'], 'key'), message, hint }]
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
