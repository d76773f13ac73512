import type { GateMeasurement, GateRound, GateRules, GateVerdict, MetricVerdict } from '../../model/gate.js'
import { shiftBetween } from '../statistics/hodges-lehmann.js'
import { holm } from '../statistics/holm.js'
import { rankSum } from '../statistics/mann-whitney.js'
import { type GateCell, gateCells } from './cells.js'
import { type CellFigures, directly, type Look } from './figures.js'
import { judgeLedgers, ledgerExcess } from './ledgers.js'
import { metricVerdict } from './metric-verdict.js'
import { mostReplaced } from './rules.js'
import { whyInconclusive, whyInvalid, whyPass, whyRegressed, whyUnmeasured } from './why.js'

const CONFIDENCE = 0.95
const EXIT_CODES = { pass: 0, fail: 1, inconclusive: 3, invalid: 3 }

/** Of a stored baseline, what the rounds do not have. */
export type StoredAside = Pick<GateMeasurement, 'baselineLosses' | 'shownOnly'>

/**
 * The verdict where whole runs stand against those of a baseline that was stored: rounds are not pairs, so the two sides are compared by rank sums (Mann and Whitney), once, after the
 * last look's number of runs a side, with all of the alphas together. Pure, as `decide`.
 */
export function decideSequential(
  rounds: readonly GateRound[],
  rules: GateRules,
  { baselineLosses, shownOnly }: StoredAside = {},
): GateVerdict {
  const valid = rounds.filter(({ validity }) => validity.status !== 'invalid')
  const invalid = rounds.filter(({ validity }) => validity.status === 'invalid')
  const wanted = rules.looks.at(-1) ?? 0
  const counted = valid.slice(0, wanted)
  const cells = gateCells(counted, rules, shownOnly)
  const look: Look = { number: 1, rounds: wanted, alpha: rules.alphas.reduce((sum, alpha) => sum + alpha, 0), isEarly: false }
  const isWhole = counted.length === wanted
  const figures = figuresOf(cells, counted, look, rules, isWhole)
  const gated = figures.filter(({ cell }) => cell.margin !== null)
  const ledgers = judgeLedgers(counted, baselineLosses)
  const verdict = (status: GateVerdict['status'], why: string): GateVerdict => ({
    status,
    why,
    rounds: counted.length,
    look: isWhole ? 1 : null,
    replaced: invalid.length,
    metrics: figures.map((one): MetricVerdict => metricVerdict(one, gated.length, rules)),
    ledgers,
    exitCode: EXIT_CODES[status],
  })
  const excess = ledgerExcess(ledgers)
  if (invalid.length > mostReplaced(rules)) return verdict('invalid', whyInvalid(valid, invalid, rules))
  if (excess !== null) return verdict('fail', excess)
  if (!isWhole) return verdict('invalid', `not finished: ${counted.length} valid runs, and the verdict is after ${wanted}`)
  const worse = gated.filter(({ isWorse }) => isWorse)
  if (worse.length > 0) return verdict('fail', whyRegressed(worse, look))
  if (gated.length > 0 && gated.every(({ isNotWorse }) => isNotWorse)) return verdict('pass', whyPass(gated.length, look))
  const unmeasured = gated.find(({ shift }) => shift === null)
  if (unmeasured !== undefined || gated.length === 0) return verdict('invalid', whyUnmeasured(unmeasured))
  return verdict('inconclusive', whyInconclusive(gated, look, rules))
}

/** Whether no further run would change the verdict. */
export function isDecidedSequential(rounds: readonly GateRound[], rules: GateRules, aside: StoredAside = {}): boolean {
  const { status, look, replaced } = decideSequential(rounds, rules, aside)
  return look !== null || status === 'fail' || replaced > mostReplaced(rules)
}

function figuresOf(
  cells: readonly GateCell[],
  rounds: readonly GateRound[],
  look: Look,
  rules: GateRules,
  isWhole: boolean,
): CellFigures[] {
  const samples = cells.map((cell) => samplesOf(cell, rounds))
  const tests = samples.map(({ baseline, candidate }) =>
    baseline.length === 0 || candidate.length === 0 ? null : rankSum(baseline, candidate),
  )
  const gated = cells.flatMap(({ margin }, place) => (margin === null ? [] : [place]))
  const adjusted = (p: (test: NonNullable<(typeof tests)[number]>) => number) => {
    const corrected = holm(gated.map((place) => (tests[place] ? p(tests[place]) : 1)))
    return new Map(gated.map((place, index) => [place, corrected[index] ?? 1]))
  }
  const [worse, better] = [adjusted(({ pGreater }) => pGreater), adjusted(({ pLess }) => pLess)]
  return cells.map((cell, place): CellFigures => {
    if (cell.exactRatio !== null && isWhole) return directly(cell, cell.exactRatio, look)
    const { baseline, candidate } = samples[place] ?? { baseline: [], candidate: [] }
    const shift = baseline.length === 0 || candidate.length === 0 ? null : shiftBetween(baseline, candidate, CONFIDENCE)
    const found = {
      pWorse: tests[place]?.pGreater ?? null,
      pWorseAdjusted: worse.get(place) ?? null,
      pBetterAdjusted: better.get(place) ?? null,
    }
    const nothing = { isWorse: false, isBetter: false, isNotWorse: false, isEquivalent: false, pBeyondMargin: null }
    if (shift === null || cell.margin === null) return { cell, shift, ...found, ...nothing }
    const margin = Math.log1p(cell.margin)
    const shifted = (by: number) => candidate.map((value) => value + by)
    const pBeyondMargin = rankSum(baseline, shifted(-margin)).pLess
    const pBelowMargin = rankSum(baseline, shifted(margin)).pGreater
    const isSure = (p: number | null): boolean => isWhole && p !== null && p <= look.alpha
    // Ranks of very few values beside many get small too, and say little of the runs that had none.
    const isEnough = isWhole && Math.min(baseline.length, candidate.length) >= (rules.looks[0] ?? 0)
    return {
      cell,
      shift,
      ...found,
      pBeyondMargin,
      isWorse: isSure(found.pWorseAdjusted) && shift.estimate >= margin,
      isBetter: isSure(found.pBetterAdjusted) && shift.estimate <= -margin,
      isNotWorse: isEnough && pBeyondMargin <= rules.passAlpha,
      isEquivalent: isEnough && Math.max(pBeyondMargin, pBelowMargin) <= rules.passAlpha,
    }
  })
}

/** Logarithms of the runs' own figures. */
function samplesOf({ label, metric }: GateCell, rounds: readonly GateRound[]): { baseline: number[]; candidate: number[] } {
  const values = rounds.flatMap((round) => round.values.filter((value) => value.label === label && value.metric === metric))
  const known = (figures: (number | null)[]) =>
    figures.flatMap((figure) => (figure !== null && figure > 0 ? [Math.log(figure)] : []))
  return { baseline: known(values.map((value) => value.baseline)), candidate: known(values.map((value) => value.candidate)) }
}

/** In which a stored baseline and this machine differ: then nothing follows from a comparison, and it never passes. */
export function elsewhere(rules: GateRules, differs: readonly string[]): GateVerdict {
  const empty = decideSequential([], rules)
  const why = `the baseline was measured elsewhere: ${differs.join('; ')}`
  return { ...empty, status: 'inconclusive', why, exitCode: EXIT_CODES.inconclusive }
}
