import type { Trace } from '../feed/trace.js'
import type { Problem } from '../model/errors.js'
import type { Scenario } from '../model/scenario.js'
import { likelyPlace, type Path, type Places } from './problems.js'

/** Far above what machines do, and below what can only be a slip of the keyboard. */
const MAX_DELIVERIES_PER_SEC = 1e8
const MAX_DELIVERIES = 1e10
const MAX_DELIVERED_BYTES = 1e13
const MAX_MESSAGES_PER_SEC = 100_000

const RATE: Path = ['feed', 'rate']
const CLIENTS: Path = ['clients']
const MEASURE: Path = ['phases', 'measure']
const WARMUP: Path = ['phases', 'warmup']

/** What each key may say by itself but not together with the others: E_TOO_MUCH, E_RANGE and E_TRACE. */
export function limitProblems(scenario: Scenario, trace: Trace | null, places: Places): Problem[] {
  const problems = [
    ...volumeProblems(scenario, trace, places),
    ...connectProblems(scenario, places),
    ...slowReaderProblems(scenario, places),
  ]
  if (scenario.feed.burst !== null) problems.push(...burstProblems(scenario, places))
  if (trace !== null) problems.push(...lengthProblems(scenario, trace, places))
  return problems
}

function volumeProblems({ clients, feed, phases }: Scenario, trace: Trace | null, places: Places): Problem[] {
  const [fromRate, fromPayload]: [Path, Path] =
    trace === null
      ? [RATE, ['feed', 'payload']]
      : [
          ['feed', 'speed'],
          ['feed', 'trace'],
        ]
  const deliveriesPerSec = clients * feed.ratePerSec
  const deliveries = (deliveriesPerSec * (phases.warmupUs + phases.measureUs)) / 1e6
  const payloadBytes = feed.payloadBytes ?? trace?.meanDataBytes ?? 0
  const limits: [value: number, most: number, unit: string, paths: [Path, ...Path[]]][] = [
    [feed.ratePerSec, MAX_MESSAGES_PER_SEC, 'messages a second', [fromRate]],
    [deliveriesPerSec, MAX_DELIVERIES_PER_SEC, 'deliveries a second (clients x rate)', [CLIENTS, fromRate]],
    [deliveries, MAX_DELIVERIES, 'deliveries a trial (clients x rate x time)', [CLIENTS, fromRate, MEASURE, WARMUP]],
    [
      deliveries * payloadBytes,
      MAX_DELIVERED_BYTES,
      'bytes delivered a trial',
      [fromPayload, CLIENTS, fromRate, MEASURE, WARMUP],
    ],
  ]
  return limits.flatMap(([value, most, unit, paths]) =>
    value <= most
      ? []
      : [
          {
            code: 'E_TOO_MUCH' as const,
            where: likelyPlace(places, paths),
            message: `expected at most ${plain(most)} ${unit}, got ${plain(value)}`,
            hint: 'lower one of the figures that it is made of',
          },
        ],
  )
}

function connectProblems({ clients, connect }: Scenario, places: Places): Problem[] {
  const neededUs = (clients / connect.ratePerSec) * 1e6
  if (neededUs <= connect.timeoutUs) return []
  const message = `expected time to connect ${clients} clients at ${plain(connect.ratePerSec)}/s (${seconds(neededUs)}), got a timeout of ${seconds(connect.timeoutUs)}`
  const where = likelyPlace(places, [['connect', 'timeout'], CLIENTS, ['connect', 'rate']])
  return [{ code: 'E_RANGE', where, message, hint: 'raise connect.timeout or connect.rate, or take fewer clients' }]
}

/** What slow readers do to the others is the question: there must be others. */
function slowReaderProblems({ clients, slowReaders }: Scenario, places: Places): Problem[] {
  if (slowReaders === null || slowReaders.clients < clients) return []
  const message = `expected clients that are not slow too, got ${slowReaders.clients} slow readers of ${clients} ${clients === 1 ? 'client' : 'clients'}`
  const where = likelyPlace(places, [['slowReaders', 'share'], CLIENTS])
  return [{ code: 'E_RANGE', where, message, hint: 'lower slowReaders.share, or take more clients' }]
}

function burstProblems({ feed: { ratePerSec, burst } }: Scenario, places: Places): Problem[] {
  if (burst === null) return []
  const { size, gapUs, spread } = burst
  const problems: Problem[] = []
  if ((size - 1) * gapUs >= (size * 1e6) / ratePerSec) {
    const message = `expected pauses between bursts, got none: ${size} messages at gaps of ${seconds(gapUs)} are all that ${plain(ratePerSec)}/s has room for`
    problems.push({
      code: 'E_RANGE',
      where: likelyPlace(places, [['feed', 'burst', 'gap'], RATE]),
      message,
      hint: 'take a shorter gap or a lower rate',
    })
  }
  if (spread === 0 && !Number.isInteger(size)) {
    const message = `expected a whole number of messages a burst where spread is 0, got ${size}`
    problems.push({
      code: 'E_RANGE',
      where: likelyPlace(places, [
        ['feed', 'burst', 'size'],
        ['feed', 'burst', 'spread'],
      ]),
      message,
    })
  }
  return problems
}

function lengthProblems({ feed, phases }: Scenario, trace: Trace, places: Places): Problem[] {
  const { speed, loop } = feed.trace ?? { speed: 1, loop: false }
  const neededUs = phases.warmupUs + phases.measureUs
  const lengthUs = trace.durationUs / speed
  if (loop || lengthUs >= neededUs) return []
  const message = `expected a trace for the ${seconds(neededUs)} of warmup and measure, got ${seconds(lengthUs)}${speed === 1 ? '' : ` at speed ${speed}`}`
  const where = likelyPlace(places, [['feed', 'trace'], ['feed', 'speed'], MEASURE, WARMUP])
  return [{ code: 'E_TRACE', where, message, hint: 'set loop: true, a lower speed, or shorter phases' }]
}

function seconds(us: number): string {
  return `${plain(us / 1e6)} s`
}

function plain(value: number): string {
  return String(Number(value.toPrecision(4)))
}
