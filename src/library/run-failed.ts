import { FeedbenchError, type Problem } from '../model/errors.js'
import type { Result } from '../model/result.js'

/**
 * The run ended before its last trial: E_INTERRUPTED where its signal was aborted (`cause` is the signal's reason), else why.
 * It is thrown rather than returned, so that nobody takes a part of a run for the whole of it.
 */
export class RunFailed extends FeedbenchError {
  /** What had finished, as in the run folder. `summary.endedEarly` says why there is no more. */
  readonly result: Result

  constructor(problems: readonly Problem[], result: Result, options?: ErrorOptions) {
    super(problems, options)
    this.name = 'RunFailed'
    this.result = result
  }
}
