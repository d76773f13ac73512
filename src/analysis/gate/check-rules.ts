import type { ErrorCode } from '../../model/errors.js'
import { COMPARED_METRICS, type GateRules } from '../../model/gate.js'
import { isTooEarly } from './figures.js'

/** What is wrong with the rules of a gate, and at which of their keys: for whoever knows where in the user's material these stand. */
export interface RuleProblem {
  code: Extract<ErrorCode, 'E_RANGE' | 'E_GATE'>
  path: (string | number)[]
  message: string
  hint?: string
}

/** With fewer, all rounds of one sign are no rare thing, and an interval of 95 % has no end. */
const LEAST_ROUNDS = 6
const MOST_ROUNDS = 100
const MOST_LOOKS = 10
const MOST_ALPHA = 0.05
const MOST_PASS_ALPHA = 0.1
const MOST_REPLACED_SHARE = 0.25
const MOST_MARGIN = 1

/** All that would keep a gate from ever deciding, or from deciding well. `labels`: how many are compared. */
export function checkRules(rules: GateRules, labels: number): RuleProblem[] {
  const problems = [...marginProblems(rules), ...lookProblems(rules), ...levelProblems(rules)]
  // Whether a look can decide is a question only where looks, levels and margins are what they should be.
  return problems.length > 0 ? problems : reachProblems(rules, labels)
}

function marginProblems({ margins, identicalBytesMargin }: GateRules): RuleProblem[] {
  const given = COMPARED_METRICS.map((metric) => ({ path: ['margins', metric], value: margins[metric] }))
  const problems = [...given, { path: ['identicalBytesMargin'], value: identicalBytesMargin }].flatMap(({ path, value }) =>
    value === null || (value > 0 && value <= MOST_MARGIN) ? [] : [outside(path, 'above 0 and at most 1', value)],
  )
  if (given.some(({ value }) => value !== null)) return problems
  const message = 'expected a margin for at least one metric, got none: there is nothing to decide by'
  return [...problems, { code: 'E_GATE', path: ['margins'], message, hint: 'give latencyUs.p50 a margin, such as 0.05' }]
}

function lookProblems({ looks }: GateRules): RuleProblem[] {
  if (looks.length === 0 || looks.length > MOST_LOOKS)
    return [{ code: 'E_RANGE', path: ['looks'], message: `expected 1 to ${MOST_LOOKS} looks, got ${looks.length}` }]
  const limits = `a whole number from ${LEAST_ROUNDS} to ${MOST_ROUNDS}`
  const problems = looks.flatMap((look, index) =>
    Number.isInteger(look) && look >= LEAST_ROUNDS && look <= MOST_ROUNDS ? [] : [outside(['looks', index], limits, look)],
  )
  const falling = looks.findIndex((look, index) => index > 0 && look <= (looks[index - 1] ?? 0))
  if (falling < 0) return problems
  const message = `expected each look after more rounds than the one before (${looks[falling - 1]}), got ${looks[falling]}`
  return [...problems, { code: 'E_RANGE', path: ['looks', falling], message }]
}

function levelProblems({ looks, alphas, passAlpha, mostReplacedShare }: GateRules): RuleProblem[] {
  const problems = alphas.flatMap((alpha, index) =>
    alpha > 0 && alpha <= MOST_ALPHA ? [] : [outside(['alphas', index], `above 0 and at most ${MOST_ALPHA}`, alpha)],
  )
  if (alphas.length !== looks.length) {
    const message = `expected an alpha for each of ${looks.length} looks, got ${alphas.length}`
    problems.push({ code: 'E_RANGE', path: ['alphas'], message })
  }
  if (!(passAlpha > 0 && passAlpha <= MOST_PASS_ALPHA))
    problems.push(outside(['passAlpha'], `above 0 and at most ${MOST_PASS_ALPHA}`, passAlpha))
  if (!(mostReplacedShare >= 0 && mostReplacedShare <= MOST_REPLACED_SHARE))
    problems.push(outside(['mostReplacedShare'], `from 0 to ${MOST_REPLACED_SHARE}`, mostReplacedShare))
  return problems
}

/** The first look may be too early for signed ranks, where it has a rule of its own; a later one, or an only one, may not. */
function reachProblems(rules: GateRules, labels: number): RuleProblem[] {
  const { looks, alphas, margins, passAlpha } = rules
  const cells = labels * COMPARED_METRICS.filter((metric) => margins[metric] !== null).length
  const problems = looks.flatMap((rounds, index): RuleProblem[] => {
    const alpha = alphas[index] ?? 0
    const hasOwnRule = index === 0 && looks.length > 1
    if (hasOwnRule || !isTooEarly(rounds, cells, alpha)) return []
    const enough = Math.ceil(Math.log2(cells / alpha))
    const message = `expected a look that could find something, but with ${cells} figures no p after ${rounds} rounds gets down to ${alpha}`
    const hint = `look after ${enough} rounds or more, give it a greater alpha, or compare fewer figures`
    return [{ code: 'E_GATE', path: ['looks', index], message, hint }]
  })
  const last = looks.at(-1) ?? 0
  if (isTooEarly(last, 1, passAlpha)) {
    const message = `expected looks after which a gate could pass, but no p after ${last} rounds gets down to ${passAlpha}`
    const hint = `look after ${Math.ceil(-Math.log2(passAlpha))} rounds or more, or give a greater passAlpha`
    problems.push({ code: 'E_GATE', path: ['passAlpha'], message, hint })
  }
  return problems
}

function outside(path: (string | number)[], limits: string, value: number): RuleProblem {
  return { code: 'E_RANGE', path, message: `expected a number ${limits}, got ${value}` }
}
