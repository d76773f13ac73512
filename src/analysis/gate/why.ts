import type { GateRound, GateRules } from '../../model/gate.js'
import type { CellFigures, Look } from './figures.js'
import { mostReplaced } from './rules.js'
import { aboutRounds, roundsToSettle } from './settle.js'

/** The sentence that goes with each verdict. */

export function whyRegressed(worse: readonly CellFigures[], look: Look): string {
  const [first, ...others] = [...worse].sort((a, b) => (b.shift?.estimate ?? 0) - (a.shift?.estimate ?? 0))
  if (first === undefined) return ''
  const { cell, shift, pWorseAdjusted } = first
  const change = percentOf(Math.expm1(shift?.estimate ?? 0))
  const p = pWorseAdjusted === null ? 'the same bytes in all rounds' : `adjusted p ${shortP(pWorseAdjusted)}`
  const more = others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'figure' : 'figures'}`
  return `${cell.label} ${cell.metric} is ${change} worse (margin ${percentOf(cell.margin ?? 0)}, ${p})${more}, after ${look.rounds} rounds`
}

export function whyPass(gated: number, look: Look): string {
  const what = gated === 1 ? 'the figure is not' : `none of ${gated} figures is`
  return `${what} worse than its margin, after ${look.rounds} rounds`
}

export function whyInconclusive(gated: readonly CellFigures[], look: Look, rules: GateRules): string {
  const open = gated.filter(({ isNotWorse }) => !isNotWorse)
  const needed = open.map((figures) => roundsToSettle(figures, gated.length, rules))
  const most = needed.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)), 0)
  const settled =
    most === null
      ? 'more rounds would hardly tell, since an estimate lies at its margin'
      : `${aboutRounds(most)} would probably tell`
  return `${open.length} of ${gated.length} figures ${open.length === 1 ? 'is' : 'are'} shown neither to be worse nor not to be, after ${look.rounds} rounds; ${settled}`
}

export function whyUnmeasured(figures: CellFigures | undefined): string {
  if (figures === undefined) return 'no figure has a margin: there is nothing to decide by'
  return `${figures.cell.label} ${figures.cell.metric} was measured in no round`
}

export function whyInvalid(valid: readonly GateRound[], invalid: readonly GateRound[], rules: GateRules): string {
  const codes = [...new Set(invalid.flatMap(({ validity }) => validity.reasons.map(({ code }) => code)))]
  const because = codes.length === 0 ? '' : ` (${codes.join(', ')})`
  return `${invalid.length} of ${valid.length + invalid.length} rounds were invalid${because}, and ${mostReplaced(rules)} may be replaced at most`
}

export function whyUnfinished(valid: number, { looks }: GateRules): string {
  const next = looks.find((look) => look > valid)
  const had = valid === 0 ? 'no valid round' : `${valid} valid ${valid === 1 ? 'round' : 'rounds'}`
  return `not finished: ${had}, and the next look is after ${next}`
}

function percentOf(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

function shortP(p: number): string {
  return p < 0.0001 ? 'below 0.0001' : String(Number(p.toPrecision(2)))
}
