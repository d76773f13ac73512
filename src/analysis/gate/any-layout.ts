import type { GateResult, GateVerdict } from '../../model/gate.js'
import { decideSequential, elsewhere, isDecidedSequential } from './sequential.js'
import { decide, nextStep } from './verdict.js'

type Measured = Pick<GateResult, 'layout' | 'rounds' | 'rules' | 'measurement'>

/** The verdict of a gate from what is in its result alone, however its sides took turns. */
export function decideAny({ layout, rounds, rules, measurement }: Measured): GateVerdict {
  if (layout === 'slices') return decide(rounds, rules)
  const differs = measurement?.differs ?? []
  return differs.length > 0 ? elsewhere(rules, differs) : decideSequential(rounds, rules, measurement)
}

/** The number of the round that is to be measured next, from 1; `null`: what there is decides. */
export function nextRound({ layout, rounds, rules, measurement }: Measured): number | null {
  if (layout === 'slices') {
    const next = nextStep(rounds, rules)
    return next.step === 'measure' ? next.round : null
  }
  const isDecided = (measurement?.differs ?? []).length > 0 || isDecidedSequential(rounds, rules, measurement)
  return isDecided ? null : rounds.length + 1
}
