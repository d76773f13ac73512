import { createHash } from 'node:crypto'
import { readTextFile } from '../feed/text-file.js'
import { FeedbenchError, formatProblem, type Problem } from '../model/errors.js'
import type { Scenario } from '../model/scenario.js'
import { decidedBy, readAxes } from './axes.js'
import { checkDraft } from './check.js'
import { MAX_SCENARIO_BYTES, parseScenarioText } from './document.js'
import { readTraceFiles } from './feed.js'
import { gateProblems } from './gate-problems.js'
import { labelEntries, labelProblems } from './labels.js'
import { axisProblems, expandMatrix, type LoadPoint } from './matrix.js'
import { applyOverrides, type Overrides, selectTransports } from './overrides.js'
import { likelyPlace, type Places } from './problems.js'
import { codecProblems } from './target.js'
import { remainingThresholds, thresholdProblems } from './thresholds.js'
import { readTransports } from './transports.js'

const MAX_TRIALS = 10_000
const MAX_DAYS = 31
const LOOK = 'check the path, from the folder that you are in; feedbench list has the names of the scenarios that come along'

/** A scenario with all that a plan needs beside it: its labels, and the scenario again at each load point. */
export interface LoadedScenario extends Scenario {
  file: string
  /** Of the text as it is in the file. */
  sha256: string
  /** One for each of `transports`. */
  labels: string[]
  /** At least one; all have the same transports, in the same order. */
  loadPoints: LoadPoint[]
}

/**
 * Reads and checks a scenario's file, with what the command line sets instead.
 * @throws FeedbenchError with all problems
 */
export async function loadScenario(
  path: string,
  overrides: Overrides = {},
  { forGate }: Pick<ReadingOptions, 'forGate'> = {},
): Promise<LoadedScenario> {
  const text = await readTextFile(path, MAX_SCENARIO_BYTES, 'a scenario', LOOK)
  return readScenario(text, { file: path, overrides, ...(forGate === undefined ? {} : { forGate }) })
}

export interface ReadingOptions {
  file: string
  overrides?: Overrides
  /** A gate is to be possible, in turns of slices or with whole runs, whether or not the scenario says anything of one. */
  forGate?: 'slices' | 'runs'
}

/**
 * Reads and checks a scenario's text. Plug-ins and traces are found relative to `file`, which also stands in each problem.
 * @throws FeedbenchError with all problems
 */
export async function readScenario(text: string, { file, overrides = {}, forGate }: ReadingOptions): Promise<LoadedScenario> {
  const document = parseScenarioText(text, file)
  const { root, places } = applyOverrides(document.value, document.places, overrides)
  const { entries, problems: entryProblems } = await readTransports(root.transports, file, places)
  const allFound = entryProblems.length === 0 && entries.length > 0
  const { axes, problems: matrixProblems } = readAxes(root.matrix, entries, allFound, places)
  const about = { file, allowRemote: overrides.allowRemote === true }
  const draft = { root, entries, ...about }
  const traces = await readTraceFiles(traceNames(root, axes), file)

  const labels = labelEntries(entries, root.coalesce, decidedBy(axes))
  const names = entries.map(({ descriptor }) => descriptor.name)
  const base = checkDraft(draft, traces, places)
  const structure = document.problems.map(({ problem }) => problem)
  // What was unreadable stands in the draft as nothing; that it is nothing is no problem of its own.
  const inPlace = new Set(structure.map(({ where }) => where))
  const found = [
    ...base.problems,
    ...entryProblems,
    ...matrixProblems,
    ...(await codecProblems(root.target, file, places)),
    ...labelProblems(entries, labels, places),
    ...thresholdProblems(root.thresholds, allFound ? labels : null, names, places),
  ]
  found.push(...axisProblems(draft, axes, traces, places, found))
  const { kept, problems: selectionProblems } = selectTransports(overrides.transports, labels, names)
  if (allFound) found.push(...selectionProblems)
  refuse([...structure, ...found.filter(({ where }) => !inPlace.has(where))])

  const selected = { ...draft, entries: kept.map((index) => entries[index]).filter((entry) => entry !== undefined) }
  const remaining = axes.filter(
    ({ option }) => option === null || selected.entries.some(({ descriptor }) => descriptor.name === option.transport),
  )
  const { loadPoints, problems } = expandMatrix(selected, remaining, traces, places)
  refuse(problems)
  const { scenario } = checkDraft(selected, traces, places)
  if (scenario === null) throw new Error('a scenario without problems could not be read')
  // Its runs may be for a baseline, which other gates are possible against than those in slices.
  const form = forGate ?? (root.gate === undefined ? null : 'rules')
  const around = { loadPoints: loadPoints.length, entries: kept, trace: loadPoints[0]?.trace ?? null }
  refuse([
    ...runProblems(scenario, loadPoints, places),
    ...(form === null ? [] : gateProblems(loadPoints[0]?.scenario ?? scenario, { ...around, form }, places)),
  ])
  const keptLabels = kept.map((index) => labels[index] ?? '')
  const keptNames = kept.map((index) => names[index] ?? '')
  return {
    ...scenario,
    thresholds: remainingThresholds(scenario.thresholds, keptLabels, keptNames),
    file,
    sha256: createHash('sha256').update(text).digest('hex'),
    labels: keptLabels,
    loadPoints,
  }
}

/** What the run as a whole may ask for. */
function runProblems({ rounds, transports }: Scenario, loadPoints: readonly LoadPoint[], places: Places): Problem[] {
  const perPoint = transports.length * rounds
  const trials = loadPoints.length * perPoint
  const days =
    loadPoints.reduce(
      (sum, { scenario: { phases } }) => sum + (phases.warmupUs + phases.measureUs + phases.drainUs) * perPoint,
      0,
    ) / 86_400e6
  const message =
    trials > MAX_TRIALS
      ? `expected at most ${MAX_TRIALS} trials (load points x transports x rounds), got ${trials}`
      : `expected a run of at most ${MAX_DAYS} days, got ${Math.round(days)}`
  if (trials <= MAX_TRIALS && days <= MAX_DAYS) return []
  return [
    {
      code: 'E_TOO_MUCH',
      where: likelyPlace(places, [loadPoints.length > 1 ? ['matrix'] : ['rounds'], ['rounds']]),
      message,
      hint: 'take fewer rounds, load points or transports, or shorter phases',
    },
  ]
}

const MAX_PROBLEMS = 100

function refuse(problems: readonly Problem[]): void {
  const distinct = [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()]
  if (distinct.length > 0) throw new FeedbenchError(inOrder(distinct).slice(0, MAX_PROBLEMS))
}

/** Problems of a file in the order in which a reader finds them; others stay behind these. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const rank = ({ where }: Problem) => {
    const [, line, column] = /:(\d+):(\d+)$/.exec(where) ?? []
    return line === undefined ? Number.POSITIVE_INFINITY : Number(line) * 1e7 + Number(column)
  }
  return [...problems].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)))
}

function traceNames(
  root: Readonly<Record<string, unknown>>,
  axes: readonly { name: string; values: { written: unknown }[] }[],
): string[] {
  const { trace } = (typeof root.feed === 'object' && root.feed !== null ? root.feed : {}) as Record<string, unknown>
  const varied = axes.filter(({ name }) => name === 'feed.trace').flatMap(({ values }) => values.map(({ written }) => written))
  return [trace, ...varied].filter((name): name is string => typeof name === 'string' && name !== '')
}
