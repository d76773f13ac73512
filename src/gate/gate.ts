import { decideAny, nextRound } from '../analysis/gate/any-layout.js'
import { wallClockText } from '../measure/clock.js'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult, GateRound, GateVerdict } from '../model/gate.js'
import type { GateFolder } from '../results/gate-folder.js'
import { inOrder } from '../results/read-gate.js'
import { asFailure, interrupted } from '../runner/run.js'
import { deriveSeed } from '../scenario/seeds.js'
import { withWarmUp } from './warm-up.js'

/** A gate with nothing left to decide but its rounds: `rounds` are those that there are already. */
export type GateBegun = Omit<GateResult, 'verdict'>

export interface GateParts {
  begun: GateBegun
  folder: GateFolder
  /** Measures a round, from 1. */
  measure(round: number): Promise<GateRound>
  /** After each round; `verdict`: of the rounds so far. */
  onRound(round: GateRound, verdict: GateVerdict): void
  signal: AbortSignal
  /** Ends all that is being measured. */
  abort(): Promise<void>
}

export interface GateOutcome {
  result: GateResult
  /** Why the gate ended before its verdict; `null` where it did not. */
  failure: FeedbenchError | null
}

/** Adds rounds until they decide, each written down before the next begins. What is decided already is not measured again. */
export async function runGate({ begun, folder, measure, onRound, signal, abort }: GateParts): Promise<GateOutcome> {
  const rounds = [...begun.rounds]
  const resultOf = (): GateResult => inOrder({ ...begun, rounds, verdict: decideAny({ ...begun, rounds }) })
  let failure: FeedbenchError | null = null
  const attempt = async (next: number, startedAt: string): Promise<{ round: GateRound; broke: FeedbenchError | null }> => {
    try {
      return { round: withWarmUp(await measure(next), rounds), broke: null }
    } catch (error) {
      if (signal.aborted) throw error
      const broke = asFailure(error)
      return { round: brokenRound(next, startedAt, begun, broke), broke }
    }
  }
  const onAbort = () => void abort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    // From now on there is a gate to go on with, whatever ends this process.
    await folder.write(resultOf())
    for (let next = nextRound({ ...begun, rounds }); next !== null; next = nextRound({ ...begun, rounds })) {
      signal.throwIfAborted()
      const startedAt = wallClockText()
      const { round, broke } = await attempt(next, startedAt)
      failure = broke
      rounds.push(round)
      await folder.appendRound(round)
      onRound(round, decideAny({ ...begun, rounds }))
      if (broke !== null) break
    }
  } catch (error) {
    failure = both(failure, signal.aborted ? interrupted(signal.reason, 'gate') : asFailure(error))
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  const result = resultOf()
  try {
    await folder.write(result)
  } catch (error) {
    failure = both(failure, asFailure(error))
  }
  return { result, failure }
}

function both(first: FeedbenchError | null, second: FeedbenchError): FeedbenchError {
  return first === null ? second : new FeedbenchError([...first.problems, ...second.problems], { cause: second })
}

const MOST_CHARACTERS = 1_000

/** Counts among those that are replaced: a gate that is gone on with whenever a server has died would else be measured until it is green. */
function brokenRound(round: number, startedAt: string, { seed }: GateBegun, { problems }: FeedbenchError): GateRound {
  const reasons = problems.map(({ code, where, message }) => ({
    code,
    message: `${where}: ${message}`.slice(0, MOST_CHARACTERS),
    evidence: {},
  }))
  const begun = { round, seed: deriveSeed(seed, 'round', round), first: {}, startedAt }
  return { ...begun, validity: { status: 'invalid', reasons }, values: [], ledgers: [], covariates: {} }
}
