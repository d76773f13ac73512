import type { Load, Plan } from '../model/plan.js'
import { isObserved } from '../model/target.js'
import { formatCount, formatRatio, formatSetDuration, formatSetSize } from './quantity.js'

/** Axes that are said by the figures that every load has. */
const SAID_ANYWAY = new Set(['clients', 'ratePerSec', 'payloadBytes', 'feed.rate', 'feed.payload'])

/** `200 clients, 20 messages/s, 200 B each, transports.polling.interval=1s`. What came from a file is not escaped. */
export function describeLoad(load: Load): string {
  return [
    `${formatCount(load.clients)} ${load.clients === 1 ? 'client' : 'clients'}`,
    `${formatRate(load.ratePerSec)} messages/s`,
    load.payloadBytes === null ? 'of differing lengths' : `${formatSetSize(load.payloadBytes)} each`,
    ...axes(load),
  ].join(', ')
}

/** The same in short, to tell load points apart: `200 clients, 20/s, 200 B`. */
export function shortLoad(load: Load): string {
  const size = load.payloadBytes === null ? [] : [formatSetSize(load.payloadBytes)]
  return [`${formatCount(load.clients)} clients`, `${formatRate(load.ratePerSec)}/s`, ...size, ...axes(load)].join(', ')
}

/** `3 rounds of 5 s (warm-up 1 s, drain at most 2 s), poisson arrivals, seed 7`. */
export function describeMethod(plan: Plan): string {
  const rounds = plan.rounds === 1 ? 'one round' : `${formatCount(plan.rounds)} rounds`
  const first = plan.trials[0]
  if (first === undefined) return `${rounds}, seed ${plan.seed}`
  const { measureUs, warmupUs, drainUs } = first.phases
  const phases = `${formatSetDuration(measureUs)} (warm-up ${formatSetDuration(warmupUs)}, drain at most ${formatSetDuration(drainUs)})`
  const feed = isObserved(first)
    ? 'published by the server itself'
    : first.feed.trace === null
      ? `${first.feed.arrival} arrivals`
      : `trace ${first.feed.trace.file} x${first.feed.trace.speed}`
  return `${rounds} of ${phases}, ${feed}, seed ${plan.seed}`
}

function axes(load: Load): string[] {
  return Object.entries(load)
    .filter(([axis]) => !SAID_ANYWAY.has(axis))
    .map(([axis, value]) => `${axis}=${value}`)
}

function formatRate(perSec: number): string {
  return Number.isInteger(perSec) ? formatCount(perSec) : formatRatio(perSec)
}
