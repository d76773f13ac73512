import type { Plan, PlannedTrial } from '../model/plan.js'

/** What a trial takes beside its phases: starting and ending processes, settling. */
const OVERHEAD_US = 2.5e6

/** Of a trial that is in a phase which has so much left. A drain ends as soon as everything has come: it is not counted. */
export function trialLeftUs({ phases, load, connect }: PlannedTrial, phase: string, ofPhaseUs: number): number {
  const { warmupUs, measureUs } = phases
  switch (phase) {
    case 'launch':
      return (load.clients / connect.ratePerSec) * 1e6 + warmupUs + measureUs + OVERHEAD_US
    case 'connect':
      return ofPhaseUs + warmupUs + measureUs
    case 'warmup':
      return ofPhaseUs + measureUs
    case 'measure':
      return ofPhaseUs
    default:
      return 0
  }
}

/** Of the run, in a trial that has so much left. */
export function runLeftUs({ trials }: Plan, { index }: PlannedTrial, ofTrialUs: number): number {
  return trials.slice(index + 1).reduce((sum, trial) => sum + trialLeftUs(trial, 'launch', 0), ofTrialUs)
}
