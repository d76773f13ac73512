import { createSchedule } from '../feed/schedule.js'
import { countsIn } from '../feed/slice-counts.js'
import type { Problem } from '../model/errors.js'
import type { FeedSpec } from '../model/plan.js'
import type { Scenario } from '../model/scenario.js'
import type { NamedTrace } from './feed.js'
import { likelyPlace, type Path, type Places } from './problems.js'

/** Of a slice, that count; the first is dropped. */
const LEAST_PUBLISHES = 10
/** Of each side. A round with fewer that count is invalid. */
const LEAST_SLICES = 8
/** A slice must hold several polls of each client, or its end weighs too much. */
const INTERVALS_PER_SLICE = 4
/** Half of what may be dropped of a round, which is for what the machine does. */
const MOST_SHORT_SHARE = 0.15
/** A mean of Poisson arrivals of which 14.5 % have ten or fewer. */
const POISSON_PUBLISHES = 14.5

interface Around {
  /** Where in the file each of the transports stands. */
  entries: readonly number[]
  trace: NamedTrace | null
}

/** What would keep slices from counting. */
export function sliceProblems(scenario: Scenario, { entries, trace }: Around, places: Places): Problem[] {
  const { gate, feed, transports } = scenario
  const { sliceUs, perSideUs } = gate
  const problems: Problem[] = []
  const add = (paths: readonly [Path, ...Path[]], message: string, hint: string) =>
    problems.push({ code: 'E_GATE', where: likelyPlace(places, paths), message, hint })
  const slices = Math.round(perSideUs / sliceUs)
  const few = messageProblem(scenario, slices, trace)
  if (few !== null) {
    const keys: [Path, ...Path[]] = [
      ['gate', 'slice'],
      ['feed', feed.arrival === 'trace' ? 'trace' : 'rate'],
    ]
    add(keys, few.message, few.hint)
  }
  if (slices < LEAST_SLICES)
    add(
      [
        ['gate', 'perSide'],
        ['gate', 'slice'],
      ],
      `expected ${LEAST_SLICES} slices or more of each side, but ${ms(perSideUs)} have ${slices} of ${ms(sliceUs)}`,
      'raise gate.perSide or lower gate.slice',
    )
  for (const [index, { transport, options }] of transports.entries()) {
    const { intervalUs } = options
    if (typeof intervalUs !== 'number' || sliceUs >= INTERVALS_PER_SLICE * intervalUs) continue
    add(
      [
        ['transports', entries[index] ?? index, transport, 'interval'],
        ['gate', 'slice'],
      ],
      `expected slices of ${INTERVALS_PER_SLICE} intervals or more, but ${ms(sliceUs)} have ${plain(sliceUs / intervalUs)} of ${ms(intervalUs)}`,
      `poll every ${Math.floor(sliceUs / 1e3 / INTERVALS_PER_SLICE)}ms or more often, or raise gate.slice`,
    )
  }
  return problems
}

function messageProblem(
  { gate: { sliceUs }, feed, phases }: Scenario,
  slices: number,
  trace: NamedTrace | null,
): Pick<Problem & { hint: string }, 'message' | 'hint'> | null {
  const publishes = (feed.ratePerSec * sliceUs) / 1e6
  const wanted = feed.arrival === 'poisson' ? POISSON_PUBLISHES : LEAST_PUBLISHES + 1
  const longerMs = Math.ceil((wanted * 1e3) / feed.ratePerSec)
  const faster = `set feed.rate to ${Math.ceil((wanted * 1e6) / sliceUs)}/s or more, or gate.slice to ${longerMs}ms`
  if (publishes < LEAST_PUBLISHES + 1)
    return {
      message: `expected ${LEAST_PUBLISHES + 1} messages or more a slice of ${ms(sliceUs)}, of which the first does not count, but at ${plain(feed.ratePerSec)}/s there are ${plain(publishes)}`,
      hint: feed.arrival === 'trace' ? `raise feed.speed, or set gate.slice to ${longerMs}ms` : faster,
    }
  const share = shortShare(feed, { warmUpUs: phases.warmupUs, sliceUs, slices, publishes }, trace)
  if (share <= MOST_SHORT_SHARE) return null
  const hint = {
    periodic: faster,
    poisson: `${faster}, or feed.arrival to periodic`,
    burst: 'take smaller bursts with a gap, a higher feed.rate, or a longer gate.slice',
    trace: 'raise feed.speed or gate.slice, or take a trace that is busy all the time, with loop: true where it is short',
  }[feed.arrival]
  return {
    message: `expected at most ${plain(100 * MOST_SHORT_SHARE)} % of the slices of ${ms(sliceUs)} to have fewer than ${LEAST_PUBLISHES} messages beside the first and what is due with it, but ${plain(100 * share)} % have (${feed.arrival}, ${plain(feed.ratePerSec)}/s)`,
    hint,
  }
}

interface Turns {
  warmUpUs: number
  sliceUs: number
  slices: number
  /** Mean of a slice. */
  publishes: number
}

/** Whatever the rate, about so many messages are looked at. */
const MOST_MESSAGES = 200_000
const MOST_ROUNDS = 50

/**
 * The share of the slices of a side that have too little to count, over some rounds of the feed as it is served. Whether it stands still between
 * them does not matter here.
 */
function shortShare(feed: Scenario['feed'], { warmUpUs, sliceUs, slices, publishes }: Turns, trace: NamedTrace | null): number {
  const spec = feed.trace === null || trace === null ? null : { ...feed.trace, ...trace.spec, file: trace.name }
  // Those of a trace are the same in each round.
  const rounds = feed.arrival === 'trace' ? 1 : Math.min(MOST_ROUNDS, Math.ceil(MOST_MESSAGES / (publishes * slices)))
  const beginUs = Math.ceil(warmUpUs / sliceUs) * sliceUs
  let short = 0
  for (let seed = 1; seed <= rounds; seed++) {
    const schedule = createSchedule({ ...feed, trace: spec, seed } satisfies FeedSpec, trace?.content ?? null)
    for (let slice = 0; slice < slices; slice++) {
      const startUs = beginUs + slice * sliceUs
      if (countsIn(schedule, 0, { startUs, endUs: startUs + sliceUs }).counted < LEAST_PUBLISHES) short++
    }
  }
  return short / (rounds * slices)
}

function ms(us: number): string {
  return `${plain(us / 1e3)} ms`
}

function plain(value: number): string {
  return String(Number(value.toPrecision(3)))
}
