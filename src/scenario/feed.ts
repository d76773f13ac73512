import { dirname, resolve } from 'node:path'
import { readTrace, type Trace } from '../feed/trace.js'
import { FeedbenchError, type Problem } from '../model/errors.js'
import type { ScenarioFeed } from '../model/scenario.js'
import { type Places, show } from './problems.js'
import type { ScenarioInput } from './schema.js'

/** A trace and the name that the scenario gives it. */
export interface NamedTrace extends Trace {
  name: string
}

/** The traces that a scenario names, by the name that it gives them, read once each. */
export type TraceFiles = ReadonlyMap<string, { path: string; trace: NamedTrace } | { path: string; error: FeedbenchError }>

/** Reads traces relative to the scenario's file. What is wrong with them is kept for `feedProblems`. */
export async function readTraceFiles(names: readonly string[], file: string): Promise<TraceFiles> {
  const files = new Map<string, { path: string; trace: NamedTrace } | { path: string; error: FeedbenchError }>()
  for (const name of new Set(names)) {
    const path = resolve(dirname(file), name)
    try {
      files.set(name, { path, trace: { ...(await readTrace(path)), name } })
    } catch (error) {
      if (!(error instanceof FeedbenchError)) throw error
      files.set(name, { path, error })
    }
  }
  return files
}

/** Keys of a feed that need each other or exclude each other, seen in what is written, so that other errors do not hide these. */
export function feedProblems(feed: unknown, traces: TraceFiles, places: Places): Problem[] {
  if (typeof feed !== 'object' || feed === null || Array.isArray(feed)) return []
  const { rate, arrival, payload, burst, trace, speed, loop } = feed as Record<string, unknown>
  const problems: Problem[] = []
  const refuse = (keys: Record<string, unknown>, why: string, hint: string) => {
    for (const [key, value] of Object.entries(keys)) {
      if (value !== undefined)
        problems.push({
          code: 'E_VALUE',
          where: places.where(['feed', key], 'key'),
          message: `expected no ${key} ${why}, got ${show(value)}`,
          hint,
        })
    }
  }
  if (trace === undefined) {
    refuse({ speed, loop }, 'without trace', 'remove it, or name a trace')
    if (rate === undefined) {
      const hint = 'rate: mean messages per second such as 20/s; or trace: the path of a trace'
      problems.push({
        code: 'E_MISSING_KEY',
        where: places.where(['feed', 'rate']),
        message: 'expected the key rate, got nothing',
        hint,
      })
    }
    if (arrival !== 'burst') refuse({ burst }, 'without arrival: burst', 'add arrival: burst')
  } else {
    refuse({ rate, arrival, payload, burst }, 'beside trace, which says when and what', 'remove it, or the trace')
    if (typeof trace === 'string') problems.push(...traceProblems(trace, traces, places))
  }
  return problems
}

function traceProblems(name: string, traces: TraceFiles, places: Places): Problem[] {
  const file = traces.get(name)
  if (file === undefined || !('error' in file)) return []
  // About a line of the trace, the trace is the place; about the file as such, the scenario that names it.
  return file.error.problems.map((problem) =>
    problem.where === file.path
      ? { ...problem, where: places.where(['feed', 'trace']), message: `${problem.message} (${file.path})` }
      : problem,
  )
}

const DEFAULT_PAYLOAD_BYTES = 200

/** The feed in base units. Call it only where there are no problems. */
export function toFeed(feed: ScenarioInput['feed'], traces: TraceFiles): { feed: ScenarioFeed; trace: NamedTrace | null } {
  const file = feed.trace === undefined ? undefined : traces.get(feed.trace)
  if (file !== undefined && 'trace' in file) {
    const { messages } = file.trace.spec
    const speed = feed.speed ?? 1
    const trace = { file: file.path, speed, loop: feed.loop ?? false }
    return {
      feed: {
        arrival: 'trace',
        ratePerSec: (messages / (file.trace.durationUs / 1e6)) * speed,
        payloadBytes: null,
        burst: null,
        trace,
      },
      trace: file.trace,
    }
  }
  const arrival = feed.arrival ?? 'poisson'
  const { size, gap, spread } = feed.burst ?? { size: 10, gap: 0, spread: 1 }
  return {
    feed: {
      arrival,
      ratePerSec: feed.rate ?? 0,
      payloadBytes: feed.payload ?? DEFAULT_PAYLOAD_BYTES,
      burst: arrival === 'burst' ? { size, gapUs: gap, spread } : null,
      trace: null,
    },
    trace: null,
  }
}
