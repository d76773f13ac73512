import type { GateBegun } from '../gate/gate.js'
import { layoutOf, lengthUs } from '../gate/layout.js'
import { systemClock } from '../measure/clock.js'
import type { GateRound, GateVerdict } from '../model/gate.js'
import { PHASE_NAMES, type TrialPhase } from '../model/phase.js'
import type { PlannedTrial } from '../model/plan.js'
import type { LoadedScenario } from '../scenario/load.js'
import type { PROGRESS_STYLES } from './live-progress.js'
import { type Output, widthOf } from './terminal.js'

const CLEAR_LINE = '\r\x1b[2K'
/** What a label takes beside its slices: starting and ending processes. */
const OVERHEAD_US = 2e6

export interface GateProgress {
  onPhase(trial: PlannedTrial, phase: TrialPhase): void
  onRound(round: GateRound, verdict: GateVerdict): void
  end(): void
}

/** Where the gate is: a line at a terminal that changes; `lines` for logs, one a round. */
export function gateProgress(
  { rounds: before, rules }: GateBegun,
  scenario: LoadedScenario,
  output: Output,
  style?: (typeof PROGRESS_STYLES)[number],
): GateProgress {
  const isLive = style === undefined && output.isTTY === true
  const rounds = [...before]
  const roundUs = scenario.transports.reduce(
    (sum, { options }) => sum + lengthUs(layoutOf(scenario.gate, { phases: scenario.phases, options })) + OVERHEAD_US,
    0,
  )
  let measured = { count: 0, us: 0 }
  let beganUs = systemClock.nowUs()
  const minutesOf = (count: number) => {
    const eachUs = measured.count === 0 ? roundUs : measured.us / measured.count
    return Math.max(1, Math.round((count * eachUs) / 60e6))
  }
  const left = () => {
    const valid = rounds.filter(({ validity }) => validity.status !== 'invalid').length
    const next = rules.looks.find((look) => look > valid) ?? valid
    return { valid, next, minutes: minutesOf(next - valid) }
  }
  const draw = (text: string) => output.write(`${CLEAR_LINE}${text.slice(0, widthOf(output) - 1)}`)
  return {
    onPhase(trial, phase) {
      if (!isLive) return
      const { next, minutes } = left()
      draw(
        `round ${rounds.length + 1}, ${trial.label}: ${PHASE_NAMES[phase]}; a look after ${next} valid rounds, in about ${minutes} min`,
      )
    },
    onRound(round, verdict) {
      const nowUs = systemClock.nowUs()
      measured = { count: measured.count + 1, us: measured.us + nowUs - beganUs }
      beganUs = nowUs
      rounds.push(round)
      if (style === 'lines') output.write(`${roundLine(round, verdict)}\n`)
    },
    end() {
      if (isLive) output.write(CLEAR_LINE)
    },
  }
}

/** `round 7: valid, 7 so far`, or why it does not count. */
function roundLine({ round, validity }: GateRound, { rounds }: GateVerdict): string {
  const why = validity.reasons.map(({ message }) => message)
  return `round ${round}: ${validity.status}, ${rounds} valid so far${why.length === 0 ? '' : `; ${why.join('; ')}`}`
}
