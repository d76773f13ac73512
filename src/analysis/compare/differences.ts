import type { RunDifference } from '../../model/comparison.js'
import type { Load, PlannedTrial } from '../../model/plan.js'
import type { Environment, Result } from '../../model/result.js'
import { loadKey } from '../cells.js'
import type { Pairs } from './pairs.js'

/**
 * Where two runs differ in what they measured (`refused`: a ratio of the two would mean nothing) and in where they did (`warning`). What
 * must differ, as seeds and ports do, is not asked about.
 */
export function runDifferences(baseline: Result, candidate: Result, pairs: Pairs): RunDifference[] {
  return [
    ...nothingInCommon(pairs),
    ...plannedDifferences(baseline, candidate, pairs),
    ...coverageDifferences(pairs),
    ...scenarioDifferences(baseline, candidate),
    ...toolDifferences(baseline, candidate),
    ...environmentDifferences(baseline.environment, candidate.environment),
    ...endDifferences(baseline, candidate),
  ]
}

/** Two versions of a server of the user's own differ in this of all things. */
const SERVER_UNDER_TEST = 'server under test'

/** By name what a trial is made of, as far as it changes what is measured. */
const PLANNED: Record<string, (trial: PlannedTrial) => unknown> = {
  feed: ({ feed: { seed, ...feed } }) => feed,
  phases: ({ phases }) => phases,
  windows: ({ windows }) => windows,
  'transport options': ({ transport, options }) => ({ transport, ...options }),
  'slow readers': ({ slowReaders }) => (slowReaders === null ? null : { ...slowReaders, seed: null }),
  'request headers': ({ requestHeaders }) => requestHeaders,
  publisher: ({ publisher }) => publisher,
  'emulated link': ({ network }) => network,
  'message format': ({ codec }) => codec,
  [SERVER_UNDER_TEST]: ({ target }) => target,
}

function plannedDifferences(baseline: Result, candidate: Result, { pairs }: Pairs): RunDifference[] {
  const [left, right] = [firstTrials(baseline), firstTrials(candidate)]
  const found = pairs.flatMap(({ label, load }) => {
    const key = JSON.stringify([label, loadKey(load)])
    const [one, other] = [left.get(key), right.get(key)]
    if (one === undefined || other === undefined) return []
    return Object.entries(PLANNED).flatMap(([what, of]): RunDifference[] => {
      const [was, is] = [canonical(of(one)), canonical(of(other))]
      const name = what === 'transport options' ? `options of ${label}` : what
      const weight = what === SERVER_UNDER_TEST ? 'warning' : 'refused'
      return was === is ? [] : [{ what: name, baseline: was, candidate: is, weight }]
    })
  })
  return distinct(found)
}

function firstTrials({ plan }: Result): Map<string, PlannedTrial> {
  const trials = new Map<string, PlannedTrial>()
  for (const trial of plan.trials) {
    const key = JSON.stringify([trial.label, loadKey(trial.load)])
    if (!trials.has(key)) trials.set(key, trial)
  }
  return trials
}

const MOST_NAMED = 5

function nothingInCommon({ pairs, onlyBaseline, onlyCandidate }: Pairs): RunDifference[] {
  if (pairs.length > 0) return []
  const axesOf = (load: Load): string =>
    Object.entries(load)
      .map(([axis, value]) => `${axis}=${value}`)
      .join(' ')
  const named = (cells: Pairs['onlyBaseline']): string =>
    cells
      .slice(0, MOST_NAMED)
      .map(({ label, load }) => `${label} with ${axesOf(load)}`)
      .join('; ')
  return [{ what: 'labels and load points', baseline: named(onlyBaseline), candidate: named(onlyCandidate), weight: 'refused' }]
}

function coverageDifferences({ pairs, onlyBaseline, onlyCandidate }: Pairs): RunDifference[] {
  if (pairs.length === 0) return []
  const of = (cells: Pairs['onlyBaseline'], side: 'baseline' | 'candidate'): RunDifference[] =>
    [...new Set(cells.map(({ label }) => label))].map((label) => {
      const count = cells.filter((cell) => cell.label === label).length
      const points = `${count} load ${count === 1 ? 'point' : 'points'}`
      const there = { [side]: points, [side === 'baseline' ? 'candidate' : 'baseline']: 'none' } as Record<typeof side, string>
      return { what: `measured of ${label} in one run only`, ...there, weight: 'warning' } as RunDifference
    })
  return [...of(onlyBaseline, 'baseline'), ...of(onlyCandidate, 'candidate')]
}

function scenarioDifferences({ plan: left }: Result, { plan: right }: Result): RunDifference[] {
  const [one, other] = [left.scenario, right.scenario]
  if (one.name !== other.name) return [warning('scenario', one.name, other.name)]
  const short = (sha256: string): string => sha256.slice(0, 12)
  return one.sha256 === other.sha256 ? [] : [warning('text of the scenario (SHA-256)', short(one.sha256), short(other.sha256))]
}

const PLACES: Record<string, (environment: Environment) => string> = {
  processor: ({ cpu }) => cpu.model,
  cores: ({ cpu }) => String(cpu.cores),
  'memory (GB)': ({ memoryBytes }) => (memoryBytes / 1e9).toFixed(0),
  'Node version': ({ node }) => node.version,
  system: ({ os }) => `${os.platform} ${os.release} ${os.arch}`,
  'placement of processes': ({ placement }) => placement.mode,
  virtualization: ({ virtualization }) => virtualization ?? 'none known',
  'congestion control': ({ congestionControl }) => congestionControl ?? 'unknown',
}

function environmentDifferences(one: Environment, other: Environment): RunDifference[] {
  return Object.entries(PLACES).flatMap(([what, of]) => (of(one) === of(other) ? [] : [warning(what, of(one), of(other))]))
}

/** Between two feedbenches it is what is compared; of a server of the user's own it is the driver. */
function toolDifferences(one: Result, other: Result): RunDifference[] {
  const isOfTargets = [one, other].every(({ plan }) => plan.trials.some(({ target }) => target !== null))
  const [was, is] = [one.feedbench.version, other.feedbench.version]
  return !isOfTargets || was === is ? [] : [warning('feedbench that measured', was, is)]
}

function endDifferences(baseline: Result, candidate: Result): RunDifference[] {
  const [was, is] = [baseline, candidate].map(({ summary: { trials } }) => `${trials.finished} of ${trials.planned}`)
  const isWhole = [baseline, candidate].every(({ summary: { trials } }) => trials.finished === trials.planned)
  return isWhole ? [] : [warning('trials that finished', was ?? '', is ?? '')]
}

function warning(what: string, baseline: string, candidate: string): RunDifference {
  return { what, baseline, candidate, weight: 'warning' }
}

function distinct(differences: readonly RunDifference[]): RunDifference[] {
  return [...new Map(differences.map((difference) => [JSON.stringify(difference), difference])).values()]
}

/** JSON with its keys in order: the same for the same content. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
