import { setTimeout as sleep } from 'node:timers/promises'
import { FeedbenchError } from '../model/errors.js'
import type { SelftestComparison } from '../model/selftest.js'
import type { Trial } from '../model/trial.js'
import { placeTrial } from '../runner/placement.js'
import { runTrial } from '../runner/trial.js'
import { makePlan, type Place, readScenario } from '../scenario/load.js'
import type { Finding, Site } from './check.js'
import { ObservedFleet } from './observed-fleet.js'

/** Same seed, same publish times: what differs from one time to the next is the machine. */
const SEED = 1

/** What a trial takes beside its phases: starting processes, reading idle memory, settling. */
export const OVERHEAD_US = 3e6

export interface Wish {
  /** As a scenario file has it; one transport, one round, no matrix. */
  scenario: { transports: [unknown]; [key: string]: unknown }
  seed?: number
  /** How many drivers the clients are dealt to; default: as `run` would. */
  drivers?: number
  /** Begins when the window does, and is waited for: to stop a process, say. */
  disturb?(fleet: ObservedFleet, signal: AbortSignal): Promise<void>
}

export interface Measured {
  trial: Trial
  fleet: ObservedFleet
}

/** One trial in processes of its own, through the same reader, planner, runner and verdict as `run`. */
export async function trialOf({ description, clock, signal }: Site, wish: Wish): Promise<Measured> {
  const text = JSON.stringify({ name: 'selftest', rounds: 1, ...wish.scenario })
  const place = wish.drivers === undefined ? placeTrial : dealtTo(wish.drivers)
  const plan = makePlan(await readScenario(text, { file: 'selftest' }), description, place, { seed: wish.seed ?? SEED })
  const [planned] = plan.trials
  if (planned === undefined) throw new Error('a scenario without trials')
  const fleet = new ObservedFleet()
  const abort = () => void fleet.abort()
  let disturbance: Promise<void> | undefined
  const events = {
    onPhase(phase: string) {
      if (phase === 'measure') disturbance ??= wish.disturb?.(fleet, signal)
    },
    onProgress() {},
  }
  signal.throwIfAborted()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const trial = await runTrial(planned, { fleet, clock, host: '127.0.0.1', trace: null, events, signal })
    await disturbance
    return { trial, fleet }
  } catch (error) {
    // What a broken-off trial dies of says nothing about feedbench.
    signal.throwIfAborted()
    if (!(error instanceof FeedbenchError)) throw error
    throw new FeedbenchError(error.problems.map((problem) => ({ ...problem, where: `${problem.where} (${planned.label})` })))
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * A trial, compared. One that is invalid says nothing about feedbench, and a time that is off may be the machine's: either is measured once more. What is
 * wrong in feedbench is wrong both times.
 */
export async function measured(
  site: Site,
  what: string,
  wish: Wish,
  comparisonsOf: (found: Measured) => SelftestComparison[],
): Promise<Finding> {
  const first = await trialOf(site, wish)
  const compared = comparisonsOf(first)
  const why = doubtOf(first.trial, compared)
  if (why === null) return { comparisons: compared }
  const second = await trialOf(site, wish)
  const notes = [`${what}: measured twice, since at first ${why}`]
  const again = doubtIn(second.trial)
  if (again !== null) return { comparisons: [], notes, inconclusive: `${what}: the machine was disturbed both times (${again})` }
  return { comparisons: comparisonsOf(second), notes }
}

/** Trials beside each other, begun one after the other, so that the machine is not flooded with processes that start. */
export function sideBySide<Case>(cases: readonly Case[], measure: (each: Case) => Promise<Finding>): Promise<Finding[]> {
  return Promise.all(cases.map((each, index) => sleep(index * STAGGER_MS).then(() => measure(each))))
}

const STAGGER_MS = 250

function doubtOf(trial: Trial, comparisons: readonly SelftestComparison[]): string | null {
  const missed = comparisons.find(({ isWithin }) => !isWithin)
  return doubtIn(trial) ?? (missed === undefined ? null : `${missed.what} was off`)
}

function doubtIn({ verdict }: Trial): string | null {
  if (verdict.status !== 'invalid') return null
  const { code, message } = verdict.reasons.find(({ severity }) => severity === 'invalid') ?? { code: '', message: '' }
  return `the trial was invalid: ${code}, ${message}`
}

function dealtTo(drivers: number): Place {
  return (clients, fleet, pin) => {
    const { placement, cpuPlacement } = placeTrial(clients, fleet, pin)
    const [first] = placement.drivers
    if (first === undefined) throw new Error('a placement without drivers')
    const shares = Array.from({ length: drivers }, (_, index) => ({
      ...first,
      clients: Math.floor(clients / drivers) + (index < clients % drivers ? 1 : 0),
    }))
    return { cpuPlacement, placement: { ...placement, drivers: shares } }
  }
}
