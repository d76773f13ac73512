import { formatProblem, type Problem } from '../model/errors.js'
import type { Load } from '../model/plan.js'
import type { Scenario } from '../model/scenario.js'
import { type Axis, type AxisValue, applyAxis } from './axes.js'
import { type Checked, checkDraft, type Draft } from './check.js'
import type { NamedTrace, TraceFiles } from './feed.js'
import { movePlaces, type Path, type Places } from './problems.js'

const MAX_LOAD_POINTS = 1_000
const MAX_PROBLEMS = 20

/** The scenario at one combination of the matrix's values. */
export interface LoadPoint {
  load: Load
  scenario: Scenario
  trace: NamedTrace | null
}

/** These stand in each load point under names of their own. */
const NAMED_OTHERWISE = ['clients', 'feed.rate', 'feed.payload']

/** What is wrong with each value of the matrix by itself, put in its place; `known` is said already. */
export function axisProblems(
  draft: Draft,
  axes: readonly Axis[],
  traces: TraceFiles,
  places: Places,
  known: readonly Problem[],
): Problem[] {
  const said = new Set(known.map(formatProblem))
  return axes.flatMap((axis) =>
    axis.values.flatMap((value) =>
      checkAt(draft, [{ axis, value }], traces, places).problems.filter((problem) => !said.has(formatProblem(problem))),
    ),
  )
}

/** All combinations, in the order written, the last axis fastest. Without a matrix it is one. */
export function expandMatrix(
  draft: Draft,
  axes: readonly Axis[],
  traces: TraceFiles,
  places: Places,
): { loadPoints: LoadPoint[]; problems: Problem[] } {
  const size = axes.reduce((product, { values }) => product * values.length, 1)
  if (size > MAX_LOAD_POINTS) {
    const message = `expected at most ${MAX_LOAD_POINTS} load points, got ${size}`
    return {
      loadPoints: [],
      problems: [{ code: 'E_TOO_MUCH', where: places.where(['matrix'], 'key'), message, hint: 'take fewer axes or values' }],
    }
  }
  const loadPoints: LoadPoint[] = []
  const problems = new Map<string, Problem>()
  for (const choice of combinations(axes)) {
    const { scenario, trace, problems: found } = checkAt(draft, choice, traces, places)
    if (scenario !== null) loadPoints.push({ load: loadOf(scenario, choice), scenario, trace })
    for (const problem of found) {
      const at = choice.map(({ axis, value }) => `${axis.name}=${value.written}`).join(', ')
      const key = `${problem.where} ${problem.code}`
      if (!problems.has(key)) problems.set(key, { ...problem, message: `${problem.message}${at === '' ? '' : ` (at ${at})`}` })
    }
    if (problems.size >= MAX_PROBLEMS) break
  }
  return { loadPoints, problems: [...problems.values()] }
}

type Choice = readonly { axis: Axis; value: AxisValue }[]

function checkAt(draft: Draft, choice: Choice, traces: TraceFiles, places: Places): Checked {
  let varied = draft
  const moves: (readonly [Path, string])[] = []
  for (const { axis, value } of choice) {
    const applied = applyAxis(varied, axis, value)
    varied = applied.draft
    moves.push(...applied.moves)
  }
  return checkDraft(varied, traces, movePlaces(places, moves))
}

function combinations(axes: readonly Axis[]): Choice[] {
  return axes.reduce<Choice[]>(
    (choices, axis) => choices.flatMap((choice) => axis.values.map((value) => [...choice, { axis, value }])),
    [[]],
  )
}

function loadOf({ clients, feed }: Scenario, choice: Choice): Load {
  const load: Load = { clients, ratePerSec: feed.ratePerSec, payloadBytes: feed.payloadBytes }
  for (const { axis, value } of choice) {
    if (!NAMED_OTHERWISE.includes(axis.name)) load[axis.name] = value.value
  }
  return load
}
