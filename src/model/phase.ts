/** Of a trial, in their order, as the runner has them. */
export type TrialPhase = 'launch' | 'connect' | 'warmup' | 'measure' | 'drain' | 'close'

/** As people read them. */
export const PHASE_NAMES = {
  launch: 'starting',
  connect: 'connecting',
  warmup: 'warming up',
  measure: 'measuring',
  drain: 'draining',
  close: 'closing',
} as const satisfies Record<TrialPhase, string>

export type PhaseName = (typeof PHASE_NAMES)[TrialPhase]
