import type { GateRound, GateRules, GateVerdict, LedgerVerdict, MetricVerdict } from '../../model/gate.js'
import { type GateCell, gateCells } from './cells.js'
import { type CellFigures, figuresAt, type Look, lookAfter } from './figures.js'
import { judgeLedgers, ledgerExcess } from './ledgers.js'
import { metricVerdict } from './metric-verdict.js'
import { mostReplaced } from './rules.js'
import { whyInconclusive, whyInvalid, whyPass, whyRegressed, whyUnfinished, whyUnmeasured } from './why.js'

/** What a gate does next. */
export type GateStep =
  | { step: 'measure'; round: number; valid: number; nextLook: number }
  | { step: 'decided'; verdict: GateVerdict }

/**
 * The verdict of a gate, a pure function of its rounds and rules: the rounds are gone through in the order in which they were measured,
 * and the first that decides is the last that counts. What is decided stays decided, whatever is measured later.
 *
 * A ledger that is worse than the baseline's fails at once. After 6, 12 and 20 valid rounds (the looks) the metrics are judged: one that is
 * worse fails the gate, and it passes when all are shown not to be worse than their margins. Where that is never so, it is inconclusive.
 */
export function decide(rounds: readonly GateRound[], rules: GateRules): GateVerdict {
  const state = walk(rounds, rules)
  return state.decided ?? unfinished(state, rules)
}

/** Whether another round is to be measured, or what was decided. */
export function nextStep(rounds: readonly GateRound[], rules: GateRules): GateStep {
  const { decided, valid } = walk(rounds, rules)
  if (decided !== null) return { step: 'decided', verdict: decided }
  const nextLook = rules.looks.find((look) => look > valid.length) ?? valid.length + 1
  return { step: 'measure', round: rounds.length + 1, valid: valid.length, nextLook }
}

interface State {
  valid: GateRound[]
  invalid: GateRound[]
  decided: GateVerdict | null
}

function walk(rounds: readonly GateRound[], rules: GateRules): State {
  const state: State = { valid: [], invalid: [], decided: null }
  for (const round of [...rounds].sort((a, b) => a.round - b.round)) {
    if (round.validity.status === 'invalid') state.invalid.push(round)
    else state.valid.push(round)
    state.decided = afterRound(state, rules)
    if (state.decided !== null) break
  }
  return state
}

/** What the newest round decides; `null`: nothing yet. */
function afterRound(state: State, rules: GateRules): GateVerdict | null {
  const { valid, invalid } = state
  if (invalid.length > mostReplaced(rules)) return unjudged(state, rules, 'invalid', whyInvalid(valid, invalid, rules))
  const ledgers = judgeLedgers(valid)
  const excess = ledgerExcess(ledgers)
  if (excess !== null) return unjudged(state, rules, 'fail', excess)
  const look = rules.looks.includes(valid.length) ? lookOf(state, rules) : null
  return look === null ? null : judge(state, look, rules)
}

interface Looked {
  look: Look
  cells: GateCell[]
  ledgers: LedgerVerdict[]
}

function lookOf({ valid }: State, rules: GateRules): Looked | null {
  const cells = gateCells(valid, rules)
  const look = lookAfter(valid.length, gatedOf(cells).length, rules)
  return look === null ? null : { look, cells, ledgers: judgeLedgers(valid) }
}

function judge(state: State, { look, cells }: Looked, rules: GateRules): GateVerdict | null {
  const figures = figuresAt(cells, look, rules)
  const gated = figures.filter(({ cell }) => cell.margin !== null)
  const at = (status: GateVerdict['status'], why: string): GateVerdict => verdictOf(state, status, why, look, figures, rules)
  const worse = gated.filter(({ isWorse }) => isWorse)
  if (worse.length > 0) return at('fail', whyRegressed(worse, look))
  if (gated.length > 0 && gated.every(({ isNotWorse }) => isNotWorse)) return at('pass', whyPass(gated.length, look))
  if (look.number < rules.looks.length) return null
  const unmeasured = gated.find(({ shift }) => shift === null)
  if (unmeasured !== undefined || gated.length === 0) return at('invalid', whyUnmeasured(unmeasured))
  return at('inconclusive', whyInconclusive(gated, look, rules))
}

/** Before the first look nothing can be said; between looks it is inconclusive. */
function unfinished(state: State, rules: GateRules): GateVerdict {
  const status = state.valid.length < (rules.looks[0] ?? 0) ? 'invalid' : 'inconclusive'
  return unjudged(state, rules, status, whyUnfinished(state.valid.length, rules))
}

/** With the figures as they are, none of them called worse or better. */
function unjudged(state: State, rules: GateRules, status: GateVerdict['status'], why: string): GateVerdict {
  return verdictOf(state, status, why, null, figuresAt(gateCells(state.valid, rules), null, rules), rules)
}

const EXIT_CODES = { pass: 0, fail: 1, inconclusive: 3, invalid: 3 }

function verdictOf(
  { valid, invalid }: State,
  status: GateVerdict['status'],
  why: string,
  look: Look | null,
  figures: readonly CellFigures[],
  rules: GateRules,
): GateVerdict {
  const gated = figures.filter(({ cell }) => cell.margin !== null).length
  return {
    status,
    why,
    rounds: valid.length,
    look: look?.number ?? null,
    replaced: invalid.length,
    metrics: figures.map((one): MetricVerdict => metricVerdict(one, gated, rules)),
    ledgers: judgeLedgers(valid),
    exitCode: EXIT_CODES[status],
  }
}

function gatedOf(cells: readonly GateCell[]): GateCell[] {
  return cells.filter(({ margin }) => margin !== null)
}
