import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { byLag, byLateness, doubtsOf } from '../../dist/analysis/driver-doubts.js'
import { DRIVER_RULES } from '../../dist/analysis/driver-rules.js'
import { LIMITS, SUPPORT } from '../../dist/analysis/evidence.js'

/** Reasons that are the machine's, not the driver's. */
export const MACHINE = new Set(['CPU_OTHERS', 'CPU_STEAL', 'CLOCK_STEP'])
/** Longer than this without a beat of the program that measures, and the machine stood still. */
export const PAUSE_MS = 60
/** Errors, of the truth or in microseconds, whichever is more: what one would like, and what a valid figure promises. */
export const CLOSE = { share: 0.1, us: 500 }
export const RIGHT = { share: LIMITS.lag.degraded, us: LIMITS.addedFloorUs.degraded }
/** What a driver may have added is shown whatever it is: no floor, no limit. */
const ALL = { degraded: Number.NEGATIVE_INFINITY, invalid: Number.POSITIVE_INFINITY }
const NO_FLOOR = { degraded: 0, invalid: 0 }

/** Where rows are kept: a line a run, with its key. Runs of another seed in the same file are others. A torn last line is passed over. */
export function openRows(path, { seed, withPackets }) {
  const runs = new Map()
  const isOurs = (run) => run.seed === seed && run.withPackets === withPackets
  const lines = path !== undefined && existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  for (const line of lines) {
    const run = parsed(line)
    if (run !== null && isOurs(run)) runs.set(run.key, run.rows)
  }
  // What follows a torn line must not become a part of it.
  if (lines.length > 0 && lines.at(-1) !== '') appendFileSync(path, '\n')
  return {
    has: (key) => runs.has(key),
    add(key, rows) {
      runs.set(key, rows)
      if (path !== undefined) appendFileSync(path, `${JSON.stringify({ key, seed, withPackets, rows })}\n`)
    },
    get rows() {
      return [...runs.values()].flat()
    },
  }
}

function parsed(line) {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** A row as the rules are now: the driver's reasons anew from the evidence, the others as they were. */
export function judged(row) {
  const { trial, truthUs } = row
  const evidence = { trial, drivers: [] }
  const again = DRIVER_RULES.flatMap((rule) => rule(evidence))
  const isOfDriver = ({ code }) => code.startsWith('DRIVER_')
  const reasons = [...trial.verdict.reasons.filter((reason) => !isOfDriver(reason)), ...again]
  const has = (severity) => reasons.some((reason) => reason.severity === severity)
  const percentiles = SUPPORT.filter((support) => trial.messages.published >= support.messages).map(
    ({ percentile }) => percentile,
  )
  const [byLoop, byBeats] = [byLag, byLateness].map((added) => doubtsOf(evidence, added, ALL, NO_FLOOR))
  const addedTo = (percentile, doubts) => doubts.find((doubt) => doubt.percentile === percentile)?.addedUs ?? 0
  return {
    ...row,
    transport: trial.transport,
    reasons,
    codes: reasons.filter(({ severity }) => severity !== 'finding').map(({ code }) => code),
    status: has('invalid') ? 'invalid' : has('degraded') ? 'degraded' : 'valid',
    /** A percentile for which there were enough messages: how wrong it was, and what its driver may have added by its own account. */
    figures: percentiles.map((percentile) => ({
      percentile,
      reportedUs: trial.transitUs[percentile],
      lagUs: addedTo(percentile, byLoop),
      lateUs: addedTo(percentile, byBeats),
      ...(truthUs === null ? { errorUs: null, truthUs: null } : errorAt(trial, truthUs, percentile)),
    })),
  }
}

function errorAt(trial, truth, percentile) {
  const truthUs = truth[percentile]
  const errorUs = trial.latencyUs[percentile] - truthUs
  return { truthUs, errorUs }
}

export const isWithin = ({ errorUs, truthUs }, { share, us }) => Math.abs(errorUs) <= Math.max(us, share * truthUs)

export const isFlagged = ({ status }) => status !== 'valid'
export const isFlaggedForDriver = ({ codes }) => codes.some((code) => !MACHINE.has(code))
/** Nobody else was on the machine, as far as it tells. */
export const isUndisturbed = ({ codes, pausedMs }) => !codes.some((code) => MACHINE.has(code)) && (pausedMs ?? 0) <= PAUSE_MS
