import type { GateRound, Side } from '../model/gate.js'
import { SIDES } from '../model/pair.js'
import type { LabelFigures } from './evidence.js'
import { GATE_LIMITS } from './limits.js'
import { type DropCode, dropsOf } from './pair-checks.js'

export type RoundReason = GateRound['validity']['reasons'][number]

/** What is wrong with a label's part of a round as a whole, and how many of its pairs count. */
export function checkLabel(figures: LabelFigures): { kept: boolean[]; invalid: RoundReason[]; degraded: RoundReason[] } {
  const drops = figures.pairs.map((pair) => dropsOf(pair, figures))
  const kept = drops.map((codes) => codes.length === 0)
  const dropped = kept.filter((isKept) => !isKept).length
  const left = kept.length - dropped
  const { round } = GATE_LIMITS
  const invalid: RoundReason[] = []
  const add = (code: string, message: string, evidence: RoundReason['evidence']) =>
    invalid.push({ code, message: `${figures.label}: ${message}`, evidence })

  if (dropped > round.droppedShare * kept.length)
    add('PAIRS_DROPPED', `${dropped} of ${kept.length} pairs of slices do not count (${counted(drops)})`, {
      dropped,
      pairs: kept.length,
    })
  if (left < round.leastSlices)
    add('TOO_LITTLE_DATA', `${left} pairs of slices are left, ${round.leastSlices} are needed`, { left })
  invalid.push(...machineReasons(figures), ...driverReasons(figures), ...publisherReasons(figures), ...ledgerReasons(figures))
  const message = `${figures.label}: ${dropped} of ${kept.length} pairs of slices do not count (${counted(drops)})`
  const degraded = dropped === 0 ? [] : [{ code: 'PAIRS_DROPPED', message, evidence: { dropped, pairs: kept.length } }]
  return { kept, invalid, degraded }
}

function machineReasons({ label, machine }: LabelFigures): RoundReason[] {
  if (machine === null) return []
  const { round } = GATE_LIMITS
  const { stealShare, throttled, throttlingPeriods, pauseUs, wallClockDriftUs } = machine
  const throttledShare = throttled === null || !throttlingPeriods ? 0 : throttled / throttlingPeriods
  const found: [isWrong: boolean, RoundReason][] = [
    [
      (stealShare ?? 0) > round.stealShare,
      { code: 'STEAL', message: `the hypervisor took ${percent(stealShare ?? 0)} of the machine`, evidence: { stealShare } },
    ],
    [
      throttledShare > round.throttledShare,
      {
        code: 'THROTTLED',
        message: `the control group was held back in ${percent(throttledShare)} of its periods`,
        evidence: { throttled, periods: throttlingPeriods },
      },
    ],
    [pauseUs > round.pauseUs, { code: 'MACHINE_PAUSED', message: `nothing ran for ${ms(pauseUs)}`, evidence: { pauseUs } }],
    [
      Math.abs(wallClockDriftUs) > round.clockDriftUs,
      {
        code: 'CLOCK_STEP',
        message: `the wall clock moved by ${ms(wallClockDriftUs)} against the monotonic one`,
        evidence: { wallClockDriftUs },
      },
    ],
  ]
  return found.flatMap(([isWrong, reason]) => (isWrong ? [{ ...reason, message: `${label}: ${reason.message}` }] : []))
}

function driverReasons({ label, utilization, lagP90Us, timeP90Us, exhausted, lastError }: LabelFigures): RoundReason[] {
  const { pair, round } = GATE_LIMITS
  const reasons: RoundReason[] = []
  if ((utilization ?? 0) > round.driverUtilization)
    reasons.push({
      code: 'DRIVER_BUSY',
      message: `${label}: the driver was busy for ${percent(utilization ?? 0)} of the slices`,
      evidence: { utilization },
    })
  if ((lagP90Us ?? 0) > Math.max(pair.lagFloorUs, round.lagShare * (timeP90Us ?? 0)))
    reasons.push({
      code: 'DRIVER_LAG',
      message: `${label}: the driver may have added ${ms(lagP90Us ?? 0)} at p90, of ${ms(timeP90Us ?? 0)} in all`,
      evidence: { lagP90Us, timeP90Us },
    })
  if (exhausted > 0)
    reasons.push({
      code: 'DRIVER_EXHAUSTED',
      message: `${label}: ${exhausted} connections could not be opened for want of descriptors or ports`,
      evidence: { exhausted, lastError },
    })
  return reasons
}

/** A publisher in a process of its own is a part of the load generator, and no server is charged for it. */
function publisherReasons({ label, latePublishShare: late, publisherUtilization, ledgers }: LabelFigures): RoundReason[] {
  const { round } = GATE_LIMITS
  const reasons: RoundReason[] = []
  if ((late ?? 0) > round.latePublishShare)
    reasons.push({
      code: 'PUBLISH_LATE',
      message: `${label}: ${percent(late ?? 0)} of the messages were published late by more than an interval`,
      evidence: { share: late },
    })
  if ((publisherUtilization ?? 0) > round.publisherUtilization)
    reasons.push({
      code: 'PUBLISHER_BUSY',
      message: `${label}: the publisher was busy for ${percent(publisherUtilization ?? 0)} of its slices`,
      evidence: { utilization: publisherUtilization },
    })
  return [...reasons, ...SIDES.flatMap((side) => unconfirmedReasons(label, side, ledgers[side]))]
}

/** Some are on their way when a round ends; of many the ledger says nothing. */
export function unconfirmedReasons(
  label: string,
  side: Side,
  { scheduled, unconfirmed }: { scheduled: number; unconfirmed: number },
): RoundReason[] {
  if (unconfirmed <= GATE_LIMITS.round.unconfirmedShare * scheduled) return []
  const message = `${label}: the ${side} had not answered for ${unconfirmed} of ${scheduled} messages when the round ended`
  return [{ code: 'POSTS_UNCONFIRMED', message, evidence: { side, unconfirmed, scheduled } }]
}

/** What was scheduled, published and received, counted in three processes, has to fit, whatever was lost. */
function ledgerReasons({ label, ledgers, clients }: LabelFigures): RoundReason[] {
  return SIDES.flatMap((side) => {
    const { scheduled, published, unconfirmed, expected, delivered, missing, superseded, overflowed } = ledgers[side]
    const broken: string[] = []
    if (scheduled === 0) broken.push('nothing was due')
    if (delivered + missing + superseded !== expected)
      broken.push(`delivered + missing + superseded is ${delivered + missing + superseded}, expected is ${expected}`)
    if (published > scheduled) broken.push(`${published} published, but only ${scheduled} scheduled`)
    // What was not answered for may have been published.
    if (delivered > (published + unconfirmed) * clients)
      broken.push(`${delivered} delivered, but only ${published} published to ${clients} clients`)
    if (overflowed > 0) broken.push(`${overflowed} messages came too late to tell whether they had been missing`)
    if (broken.length === 0) return []
    const evidence = { side, scheduled, published, expected, delivered, missing, superseded }
    return [
      { code: 'LEDGER_MISMATCH', message: `${label}: the ${side}'s ledger does not add up: ${broken.join('; ')}`, evidence },
    ]
  })
}

/** `CPU_OTHERS 5, DRIVER_LAG 2`: a pair may have several reasons. */
function counted(drops: readonly DropCode[][]): string {
  const counts = new Map<DropCode, number>()
  for (const code of drops.flat()) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].map(([code, count]) => `${code} ${count}`).join(', ')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function ms(us: number): string {
  return `${(us / 1e3).toFixed(1)} ms`
}
