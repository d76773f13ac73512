import { isDeepStrictEqual } from 'node:util'
import type { Problem } from '../model/errors.js'
import type { Scenario, ScenarioTransport } from '../model/scenario.js'
import { feedProblems, type NamedTrace, type TraceFiles, toFeed } from './feed.js'
import { toGate } from './gate.js'
import { headerProblems, headerProfile } from './headers.js'
import { issueProblems } from './issues.js'
import { duplicateProblem } from './labels.js'
import { limitProblems } from './limits.js'
import { networkProblems, toNetwork } from './network.js'
import type { Places } from './problems.js'
import { toPublished } from './published.js'
import { type ScenarioInput, scenarioSchema } from './schema.js'
import { scenarioShape } from './shape.js'
import { toCodec, toTarget } from './target.js'
import { observedProblems, targetProblems } from './target-problems.js'
import { checkOptions, type TransportEntry } from './transports.js'

/** A scenario as it is written: what a matrix varies and a command line overrides. */
export interface Draft {
  root: Readonly<Record<string, unknown>>
  entries: readonly TransportEntry[]
  /** Of the scenario, to which paths in it are relative. */
  file: string
  /** Whether a target may be on another machine. */
  allowRemote: boolean
}

export interface Checked {
  /** `null` where there are problems. */
  scenario: Scenario | null
  trace: NamedTrace | null
  problems: Problem[]
}

/** Checks a draft as a whole and turns it into base units, defaults filled in. */
export function checkDraft({ root, entries, file, allowRemote }: Draft, traces: TraceFiles, places: Places): Checked {
  const parsed = scenarioSchema.safeParse(root)
  const problems = parsed.success
    ? []
    : issueProblems(parsed.error.issues, { value: root, shape: scenarioShape, path: [], places })
  problems.push(...feedProblems(root.feed, traces, places))
  problems.push(...headerProblems(root.headers, places))
  const names = entries.map(({ descriptor }) => descriptor.name)
  problems.push(...targetProblems(root.target, { transports: names, allowRemote, places }))
  problems.push(...observedProblems(root, entries, places))
  const transports: ScenarioTransport[] = []
  // A wrong `coalesce` is said once, not again for each transport.
  const coalesce = isOnOff(root.coalesce) ? root.coalesce : undefined
  for (const entry of entries) {
    const { transport, problems: found } = checkOptions(entry, coalesce, places)
    problems.push(...found)
    if (transport === null) continue
    if (transports.some((other) => isDeepStrictEqual(other, transport))) {
      problems.push(duplicateProblem(entry.path[1] as number, transport.transport, places))
    }
    transports.push(transport)
  }
  if (!parsed.success || problems.length > 0) return { scenario: null, trace: null, problems }
  const { feed, trace } = toFeed(parsed.data.feed, traces)
  const about = toScenario(parsed.data, file)
  const scenario = { ...about, feed: about.target?.publish === null ? { ...feed, payloadBytes: null } : feed, transports }
  const beyond = [
    ...limitProblems(scenario, trace, places),
    ...networkProblems(
      parsed.data.network,
      { measureUs: scenario.phases.measureUs, hasTarget: parsed.data.target !== undefined },
      places,
    ),
  ]
  return beyond.length > 0 ? { scenario: null, trace: null, problems: beyond } : { scenario, trace, problems: [] }
}

function toScenario(input: ScenarioInput, file: string): Omit<Scenario, 'feed' | 'transports'> {
  const { name, description, clients, phases, connect, slowReaders, rounds, seed, thresholds, headers, pin } = input
  const { network, gate, published } = input
  return {
    name,
    description: description ?? null,
    clients,
    phases: { warmupUs: phases.warmup, measureUs: phases.measure, drainUs: phases.drain },
    connect: { ratePerSec: connect.rate, timeoutUs: connect.timeout },
    slowReaders: toSlowReaders(slowReaders, clients),
    rounds,
    seed: seed ?? null,
    thresholds,
    headers: headerProfile(headers),
    pin,
    network: toNetwork(network),
    gate: toGate(gate),
    published: published === undefined ? null : toPublished(published),
    target: toTarget(input.target, file),
    codec: toCodec(input.target, file),
  }
}

/** A share that is not 0 is of somebody. */
function toSlowReaders(input: ScenarioInput['slowReaders'], clients: number): Scenario['slowReaders'] {
  if (input === undefined || input.share === 0) return null
  return { clients: Math.max(1, Math.round(input.share * clients)), bytesPerSec: input.rate }
}

function isOnOff(value: unknown): boolean {
  return typeof value === 'boolean' || value === 'on' || value === 'off'
}
