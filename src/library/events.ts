import type { TrialProgress } from '../model/member.js'
import type { TrialPhase } from '../model/phase.js'
import type { Plan, PlannedTrial } from '../model/plan.js'
import type { Trial } from '../model/trial.js'
import type { RunEvents } from '../runner/run.js'
import { refuseUnknownKeys } from './known-keys.js'

/** What a run tells of itself, by the name of the listener. In this order, the middle ones for each trial. */
export interface RunEventMap {
  /** Everything is decided, and no process has been started. `folder`: absolute; `null` where nothing is written. */
  planned: { plan: Plan; folder: string | null }
  trialStarted: { trial: PlannedTrial }
  /** A phase begins that is expected to end in so many microseconds; 0 where nobody knows. */
  phase: { trial: PlannedTrial; phase: TrialPhase; endsInUs: number }
  /** About twice a second. `connected`: clients that are subscribed; `delivered`: messages in the measured window so far, over all of them. */
  progress: { trial: PlannedTrial } & TrialProgress
  /** A trial is whole, judged and written down. `index` is its place in `plan.trials`. */
  trialFinished: { trial: Trial }
}

/**
 * Callbacks, because a run cannot wait for whoever watches it: an async iterator would have to buffer what its reader is too slow for, and
 * an emitter, which takes listeners at any time, would have told the first events before anybody listens. One object an event, so that it can grow.
 *
 * A listener must be quick, since the runner waits for it; a promise that it returns is not waited for. What it throws, or such a promise
 * rejects with, ends the run.
 */
export type RunListeners = { [Name in keyof RunEventMap]?: ((event: RunEventMap[Name]) => unknown) | undefined }

const NAMES = ['planned', 'trialStarted', 'phase', 'progress', 'trialFinished'] as const satisfies (keyof RunEventMap)[]

/** Hands what the runner says to the caller's listeners, and holds what they break away from it. */
export class RunTeller implements RunEvents {
  readonly #listeners: RunListeners
  readonly #breakdown = new AbortController()
  #broken: { error: unknown } | undefined
  #hasEnded = false

  constructor(listeners: RunListeners) {
    refuseUnknownKeys('run: on', listeners, NAMES)
    for (const name of NAMES) {
      const kind = typeof listeners[name]
      if (kind !== 'undefined' && kind !== 'function') throw new TypeError(`run: expected on.${name} to be a function`)
    }
    this.#listeners = listeners
  }

  /** Aborts when a listener has thrown. */
  get signal(): AbortSignal {
    return this.#breakdown.signal
  }

  tell<Name extends keyof RunEventMap>(name: Name, event: RunEventMap[Name]): void {
    if (this.#hasEnded || this.#broken !== undefined) return
    try {
      const returned = this.#listeners[name]?.(event)
      if (returned instanceof Promise) returned.catch((error: unknown) => this.#break(error))
    } catch (error) {
      this.#break(error)
    }
  }

  onPhase(trial: PlannedTrial, phase: TrialPhase, endsInUs: number): void {
    if (phase === 'launch') this.tell('trialStarted', { trial })
    this.tell('phase', { trial, phase, endsInUs })
  }

  onProgress(trial: PlannedTrial, progress: TrialProgress): void {
    this.tell('progress', { trial, ...progress })
  }

  onTrial(trial: Trial): void {
    this.tell('trialFinished', { trial })
  }

  throwWhatBroke(): void {
    if (this.#broken !== undefined) throw this.#broken.error
  }

  /** Nothing is told from now on: the last words of a process may come late. */
  end(): void {
    this.#hasEnded = true
  }

  #break(error: unknown): void {
    // With nobody left to reject to, it is for the process to hear of.
    if (this.#hasEnded) throw error
    this.#broken ??= { error }
    this.#breakdown.abort()
  }
}
