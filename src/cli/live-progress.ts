import { systemClock } from '../measure/clock.js'
import type { Plan, PlannedTrial } from '../model/plan.js'
import { type Progress as Line, renderProgress } from '../report/progress.js'
import type { RunEvents } from '../runner/run.js'
import type { TrialPhase } from '../runner/trial.js'
import { type Output, widthOf } from './terminal.js'

const PHASE_NAMES: Record<TrialPhase, Line['phase']> = {
  launch: 'starting',
  connect: 'connecting',
  warmup: 'warming up',
  measure: 'measuring',
  drain: 'draining',
  close: 'closing',
}

/** What a trial takes beside its phases: starting and ending processes, settling. */
const OVERHEAD_US = 2.5e6
const REDRAW_MS = 250
const CLEAR_LINE = '\r\x1b[2K'

export const PROGRESS_STYLES = ['lines', 'none'] as const

/** Where the run is: by default a line at a terminal that changes, and nothing anywhere else; `lines` for logs, one as each phase begins. */
export function liveProgress(plan: Plan, output: Output, style?: (typeof PROGRESS_STYLES)[number]): RunEvents & { end(): void } {
  const current = new CurrentTrial(plan)
  if (style === 'lines') return phaseLines(current, output)
  if (style === 'none' || output.isTTY !== true) return { onPhase() {}, onProgress() {}, onTrial() {}, end() {} }
  const draw = () => output.write(`${CLEAR_LINE}${renderProgress(current.line(), widthOf(output) - 1)}`)
  const timer = setInterval(draw, REDRAW_MS)
  return {
    onPhase(trial, phase, endsInUs) {
      current.enter(trial, phase, endsInUs)
      draw()
    },
    onProgress: (_trial, { connected, delivered }) => current.note(connected, delivered),
    onTrial() {},
    end() {
      clearInterval(timer)
      output.write(CLEAR_LINE)
    },
  }
}

function phaseLines(current: CurrentTrial, output: Output): RunEvents & { end(): void } {
  return {
    onPhase(trial, phase, endsInUs) {
      current.enter(trial, phase, endsInUs)
      output.write(`${renderProgress(current.line(), Number.POSITIVE_INFINITY)}\n`)
    },
    onProgress: (_trial, { connected, delivered }) => current.note(connected, delivered),
    onTrial() {},
    end() {},
  }
}

class CurrentTrial {
  readonly #plan: Plan
  #trial: PlannedTrial | undefined
  #phase: TrialPhase = 'launch'
  #phaseEndsUs = 0
  #connected: number | null = null
  #delivered: { atUs: number; count: number } | null = null
  #perSec: number | null = null

  constructor(plan: Plan) {
    this.#plan = plan
  }

  enter(trial: PlannedTrial, phase: TrialPhase, endsInUs: number): void {
    if (trial !== this.#trial) {
      this.#connected = null
      this.#delivered = null
      this.#perSec = null
    }
    this.#trial = trial
    this.#phase = phase
    this.#phaseEndsUs = systemClock.nowUs() + endsInUs
  }

  note(connected: number, count: number): void {
    const atUs = systemClock.nowUs()
    this.#connected = connected
    if (this.#delivered !== null && count > this.#delivered.count) {
      this.#perSec = ((count - this.#delivered.count) * 1e6) / Math.max(1, atUs - this.#delivered.atUs)
    }
    this.#delivered = { atUs, count }
  }

  line(): Line {
    const { trials, rounds } = this.#plan
    const trial = this.#trial ?? (trials[0] as PlannedTrial)
    const isMeasuring = this.#phase === 'measure'
    return {
      trial: trial.index + 1,
      trials: trials.length,
      label: trial.label,
      load: trial.load,
      round: trial.round,
      rounds,
      phase: PHASE_NAMES[this.#phase],
      clientsConnected: this.#connected,
      deliveriesPerSec: isMeasuring ? this.#perSec : null,
      missing: this.#phase === 'drain' ? this.#missing(trial) : null,
      timeLeftUs: this.#timeLeftUs(trial),
    }
  }

  /** Expected by the rate: the plan's own count is the runner's to make when the trial is over. */
  #missing(trial: PlannedTrial): number | null {
    if (this.#delivered === null || trial.feed.arrival !== 'periodic') return null
    const expected = Math.round(trial.load.ratePerSec * (trial.phases.measureUs / 1e6)) * trial.load.clients
    return Math.max(0, expected - this.#delivered.count)
  }

  #timeLeftUs(trial: PlannedTrial): number {
    const later = this.#plan.trials.slice(trial.index + 1).reduce((sum, { phases, load, connect }) => {
      return sum + phases.warmupUs + phases.measureUs + (load.clients / connect.ratePerSec) * 1e6 + OVERHEAD_US
    }, 0)
    const ofPhaseUs = Math.max(0, this.#phaseEndsUs - systemClock.nowUs())
    const stillToComeUs =
      this.#phase === 'warmup'
        ? trial.phases.measureUs
        : this.#phase === 'connect' || this.#phase === 'launch'
          ? trial.phases.warmupUs + trial.phases.measureUs
          : 0
    return later + (this.#phase === 'drain' ? 0 : ofPhaseUs) + stillToComeUs
  }
}
