import type { Comparison, RunDifference, RunIdentity } from '../../model/comparison.js'
import { FeedbenchError, type Problem } from '../../model/errors.js'
import type { LedgerVerdict } from '../../model/gate.js'
import type { Result } from '../../model/result.js'
import type { Trial } from '../../model/trial.js'
import { runDifferences } from './differences.js'
import { compareFigures } from './figures.js'
import { type CellPair, pairsOf } from './pairs.js'

/** A run, and what it was called on the command line. */
export interface NamedResult {
  path: string
  result: Result
}

const NOTHING_COMPARED = 3

/**
 * Two runs against each other, figure by figure. It judges no change: the exit code is 0 where anything could be compared, and 3 where not
 * one figure has a valid trial on both sides.
 * @throws FeedbenchError E_NOT_COMPARABLE, with all that they differ in
 */
export function compareRuns(baseline: NamedResult, candidate: NamedResult): Comparison {
  const pairs = pairsOf(baseline.result, candidate.result)
  const differences = runDifferences(baseline.result, candidate.result, pairs)
  refuse(differences, baseline.path, candidate.path)
  const figures = compareFigures(pairs.pairs)
  const isCompared = figures.some(({ ratio }) => ratio !== null)
  return {
    schemaVersion: 1,
    baseline: identityOf(baseline),
    candidate: identityOf(candidate),
    differences,
    figures,
    ledgers: ledgersOf(pairs.pairs),
    exitCode: isCompared ? 0 : NOTHING_COMPARED,
  }
}

const SHOWN_CHARACTERS = 200

function refuse(differences: readonly RunDifference[], baseline: string, candidate: string): void {
  const refused = differences.filter(({ weight }) => weight === 'refused')
  if (refused.length === 0) return
  const shortened = (text: string): string => (text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text)
  throw new FeedbenchError(
    refused.map(
      ({ what, baseline: was, candidate: is }): Problem => ({
        code: 'E_NOT_COMPARABLE',
        where: candidate,
        message: `expected the ${what} of ${baseline}, which is ${shortened(was)}, but it is ${shortened(is)}`,
        hint: 'compare runs of the same scenario; feedbench report shows any runs side by side',
      }),
    ),
  )
}

function identityOf({ path, result: { plan, feedbench, environment, trials } }: NamedResult): RunIdentity {
  const revision = environment.git === null ? null : `${environment.git.revision}${environment.git.dirty ? ' with changes' : ''}`
  const startedAt = trials.reduce<string | null>(
    (first, trial) => (first === null || trial.startedAt < first ? trial.startedAt : first),
    null,
  )
  return { path, scenario: plan.scenario.name, version: feedbench.version, revision, startedAt, trials: trials.length }
}

const KINDS = ['missing', 'duplicates', 'reordered'] as const

/** More of what must not be, for each message expected, is worse without statistics. Invalid trials take no part. */
function ledgersOf(pairs: readonly CellPair[]): LedgerVerdict[] {
  const labels = [...new Set(pairs.map(({ label }) => label))]
  return labels.flatMap((label) => {
    const own = pairs.filter((pair) => pair.label === label)
    const [left, right] = [
      own.flatMap((pair) => believed(pair.baseline.trials)),
      own.flatMap((pair) => believed(pair.candidate.trials)),
    ]
    if (left.length === 0 || right.length === 0) return []
    return KINDS.map((kind): LedgerVerdict => {
      const [baseline, candidate] = [sumOf(left, kind), sumOf(right, kind)]
      // The runs may have different numbers of rounds.
      const isWorse = candidate * sumOf(left, 'expected') > baseline * sumOf(right, 'expected')
      return { label, kind, baseline, candidate, status: isWorse ? 'fail' : 'pass' }
    })
  })
}

function believed(trials: readonly Trial[]): Trial[] {
  return trials.filter(({ verdict }) => verdict.status !== 'invalid')
}

function sumOf(trials: readonly Trial[], kind: (typeof KINDS)[number] | 'expected'): number {
  return trials.reduce((sum, { messages }) => sum + messages[kind], 0)
}
