import type { Clock } from '../measure/clock.js'
import { FeedbenchError } from '../model/errors.js'
import type { SelftestCheck, SelftestName, SelftestReport } from '../model/selftest.js'
import { LocalFleet } from '../runner/local-fleet.js'
import { bytesCheck } from './bytes.js'
import { captureCheck } from './capture.js'
import type { Check, Finding, Site } from './check.js'
import { clockCheck } from './clock.js'
import { delayCheck } from './delay.js'
import { healthyDriverCheck, starvedDriverCheck } from './driver-verdicts.js'
import { driversCheck } from './drivers.js'
import { ledgerCheck } from './ledger.js'
import { longPollingCheck } from './long-polling.js'
import { mergeCheck } from './merge.js'
import { packetTimesCheck } from './packet-times.js'
import { pollingCheck } from './polling.js'
import { receiveTimeCheck } from './receive-time.js'
import { stallCheck } from './stall.js'
import { transitionCheck } from './transition.js'

/**
 * Checks of one group are made beside each other: those whose trials leave the machine nearly idle, or whose figures do not depend on it. The groups follow each other.
 * @internal for its test
 */
export const GROUPS: readonly (readonly Check[])[] = [
  [clockCheck],
  [ledgerCheck, mergeCheck, driversCheck],
  [pollingCheck],
  [longPollingCheck, transitionCheck],
  [delayCheck],
  [stallCheck],
  [bytesCheck, captureCheck],
  [packetTimesCheck],
  [receiveTimeCheck],
  [starvedDriverCheck],
  [healthyDriverCheck],
]

export interface SelftestOrder {
  clock: Clock
  version: string
  thorough: boolean
  /** `null`: all of them. */
  only: readonly SelftestName[] | null
  /** Rejects with E_INTERRUPTED, and ends all processes. */
  signal: AbortSignal
  /** Called before each group with what it looks at, and how long all that is left will take. */
  onStep(title: string, leftUs: number): void
  /** Called with each check that is over, in their order. */
  onCheck(check: SelftestCheck): void
}

/** How long it is likely to take, in microseconds. */
export function expectedUs({ thorough, only }: Pick<SelftestOrder, 'thorough' | 'only'>): number {
  return chosen(only).reduce((sum, group) => sum + longestOf(group, thorough), 0)
}

/**
 * Holds feedbench against theory, packets and a server that lies, on this machine.
 * @throws FeedbenchError where it is interrupted, or a process or port fails
 */
export async function selftest(order: SelftestOrder): Promise<SelftestReport> {
  const { clock, version, thorough, only, signal, onStep, onCheck } = order
  const startedUs = clock.nowUs()
  const failure = new AbortController()
  const description = await new LocalFleet().describe()
  const site: Site = { description, clock, thorough, signal: AbortSignal.any([signal, failure.signal]) }
  let leftUs = expectedUs(order)
  const checks: SelftestCheck[] = []
  for (const group of chosen(only)) {
    onStep(group.map(({ name }) => name).join(', '), leftUs)
    leftUs -= longestOf(group, thorough)
    for (const check of await allOf(group, site, failure).catch((error: unknown) =>
      Promise.reject(signal.aborted ? interrupted() : error),
    )) {
      checks.push(check)
      onCheck(check)
    }
  }
  return { feedbench: { version }, thorough, passed: hasPassed(checks), tookUs: clock.nowUs() - startedUs, checks }
}

/** Where one breaks, the others are ended before the error goes on. */
async function allOf(group: readonly Check[], site: Site, failure: AbortController): Promise<SelftestCheck[]> {
  const outcomes = await Promise.allSettled(
    group.map((check) =>
      checkOf(check, site).catch((error: unknown) => {
        if (!failure.signal.aborted) failure.abort(error)
        throw error
      }),
    ),
  )
  if (failure.signal.aborted) throw failure.signal.reason
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}

async function checkOf(check: Check, site: Site): Promise<SelftestCheck> {
  const startedUs = site.clock.nowUs()
  return judged(check, await check.run(site), site.clock.nowUs() - startedUs)
}

/** @internal for its test */
export function judged({ name, meaning }: Pick<Check, 'name' | 'meaning'>, finding: Finding, tookUs: number): SelftestCheck {
  const { comparisons, notes = [], skipped = null, inconclusive = null } = finding
  const base = { name, comparisons, notes, tookUs }
  if (skipped !== null) return { ...base, status: 'skipped', reason: skipped, meaning: null }
  // What is wrong stays wrong, whatever else could not be measured.
  if (comparisons.some(({ isWithin }) => !isWithin)) return { ...base, status: 'fail', reason: null, meaning }
  if (inconclusive !== null) return { ...base, status: 'inconclusive', reason: inconclusive, meaning: null }
  // Nothing to compare is no pass.
  if (comparisons.length === 0) return { ...base, status: 'inconclusive', reason: 'there was nothing to compare', meaning: null }
  return { ...base, status: 'pass', reason: null, meaning: null }
}

/** A check that is skipped fails nothing; where all are, nothing was shown. */
function hasPassed(checks: readonly SelftestCheck[]): boolean {
  return checks.some(({ status }) => status === 'pass') && checks.every(({ status }) => status === 'pass' || status === 'skipped')
}

function chosen(only: readonly SelftestName[] | null): Check[][] {
  return GROUPS.map((group) => group.filter(({ name }) => only === null || only.includes(name))).filter(
    ({ length }) => length > 0,
  )
}

function longestOf(group: readonly Check[], thorough: boolean): number {
  return Math.max(...group.map((check) => check.expectedUs(thorough)))
}

function interrupted(): FeedbenchError {
  return new FeedbenchError({
    code: 'E_INTERRUPTED',
    where: 'selftest',
    message: 'expected to check everything, but it was interrupted',
    hint: 'nothing was kept; --only <check> makes a part of it',
  })
}
