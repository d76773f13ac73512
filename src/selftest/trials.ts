import { setTimeout as sleep } from 'node:timers/promises'
import { FeedbenchError } from '../model/errors.js'
import type { PlannedTrial } from '../model/plan.js'
import type { SelftestComparison } from '../model/selftest.js'
import type { Trial } from '../model/trial.js'
import type { ReasonCode } from '../model/verdict.js'
import { placeTrial } from '../runner/placement.js'
import { runTrial } from '../runner/trial.js'
import { makePlan, type Place, readScenario } from '../scenario/load.js'
import type { Finding, Site } from './check.js'
import { exactly } from './compare.js'
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
  /** Reasons of a verdict that the check itself brings about. */
  expected?: readonly ReasonCode[]
  /** Begins when the window does, and is waited for: to stop a process, say. */
  disturb?(fleet: ObservedFleet, signal: AbortSignal): Promise<void>
}

export interface Measured {
  planned: PlannedTrial
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
    return { planned, trial, fleet }
  } catch (error) {
    // What a broken-off trial dies of says nothing about feedbench.
    signal.throwIfAborted()
    if (!(error instanceof FeedbenchError)) throw error
    throw new FeedbenchError(error.problems.map((problem) => ({ ...problem, where: `${problem.where} (${planned.label})` })))
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** A trial, compared. */
export function measured(
  site: Site,
  what: string,
  wish: Wish,
  comparisonsOf: (found: Measured) => SelftestComparison[],
): Promise<Finding> {
  return persistently(what, async () => {
    const found = await trialOf(site, wish)
    return {
      comparisons: [...comparisonsOf(found), ...consistency(what, found.trial)],
      doubt: doubtIn(found.trial, wish.expected),
    }
  })
}

export interface Attempt {
  comparisons: SelftestComparison[]
  /** Why the machine may be to blame for what is off; `null`: it is not. */
  doubt: string | null
}

/** However disturbed the machine is. */
const MOST_ATTEMPTS = 3

/**
 * Measures again what is off: once, since a time may be off for no reason that shows, and once more where the machine was disturbed. What is wrong in feedbench is wrong each time. What is within in spite of a disturbance
 * stands, because disturbances lead away from what is expected.
 */
export async function persistently(what: string, attemptOnce: () => Promise<Attempt>, chances = 2): Promise<Finding> {
  const notes: string[] = []
  for (let attempt = 1; ; attempt++) {
    const { comparisons, doubt } = await attemptOnce()
    const missed = comparisons.find(({ isWithin }) => !isWithin)
    if (missed === undefined && comparisons.length > 0) return { comparisons, notes }
    if (doubt === null && attempt >= chances) return { comparisons, notes }
    if (doubt !== null && attempt === MOST_ATTEMPTS)
      return { comparisons: [], notes, inconclusive: `${what}: the machine was disturbed each time (${doubt})` }
    const why = [...(missed === undefined ? [] : [`${missed.what} was off`]), ...(doubt === null ? [] : [doubt])]
    notes.push(`${what}: measured again, since ${why.join(': ')}`)
  }
}

/** Trials beside each other, begun one after the other, so that the machine is not flooded with processes that start. */
export function sideBySide<Case>(cases: readonly Case[], measure: (each: Case) => Promise<Finding>): Promise<Finding[]> {
  return Promise.all(cases.map((each, index) => sleep(index * STAGGER_MS).then(() => measure(each))))
}

const STAGGER_MS = 250

/** Reasons for which the machine, and not feedbench, makes a trial invalid. */
const DISTURBANCES: readonly string[] = [
  'DRIVER_LAG',
  'DRIVER_FROZEN',
  'DRIVER_LATE',
  'DRIVER_BUSY',
  'DRIVER_EXHAUSTED',
  'RELAY_BUSY',
  'RELAY_LATE',
]

/** Why the trial says nothing about feedbench; `null` where it does. */
export function doubtIn({ verdict }: Trial, expected: readonly ReasonCode[] = []): string | null {
  const reason = verdict.reasons.find(
    ({ code, severity }) => severity === 'invalid' && DISTURBANCES.includes(code) && !expected.includes(code),
  )
  return reason === undefined ? null : `the trial was invalid, ${reason.code}: ${reason.message}`
}

/** Figures that contradict each other are nobody's fault but feedbench's. */
function consistency(what: string, { verdict }: Trial): SelftestComparison[] {
  return verdict.reasons
    .filter(({ code, severity }) => severity === 'invalid' && !DISTURBANCES.includes(code))
    .map(({ code }) => exactly(`${code}, ${what}`, 'count', 1, 0))
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
