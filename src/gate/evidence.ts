import { decodeHistogram, Histogram, mergeHistograms } from '../measure/histogram.js'
import type { Side } from '../model/gate.js'
import { SIDES } from '../model/pair.js'
import type { LedgerShard } from '../model/shard.js'
import type { MachineInterval } from './machine-watch.js'
import type { PairShards } from './pair-run.js'

/** What is known of a slice. Times in microseconds; `null` where nothing was delivered. */
export interface SliceFigures {
  side: Side
  /** Messages that count. */
  publishes: number
  p50: number | null
  p90: number | null
  p99: number | null
  lagP90Us: number | null
  /** Of a publisher in a process of its own. */
  publishDelayP99Us: number | null
  /** Of that publisher's event loop, 0 to 1. */
  publisherUtilization: number | null
  negatives: number
  /** The highest of all drivers. */
  utilization: number | null
  frozenUs: number
}

/** Two slices, one of each side, and what the machine did meanwhile. */
export interface PairFigures {
  slices: Record<Side, SliceFigures>
  machine: MachineInterval | null
}

/** The slices of a label, in pairs of neighbours: of all drivers together. */
function pairFigures({ slices, counts, drivers, servers, machine }: PairShards): PairFigures[] {
  const places: Record<Side, number> = { baseline: 0, candidate: 0 }
  const figures = slices.map((slice, index): SliceFigures => {
    const side = slice.side as Side
    const place = places[side]++
    const shards = drivers.flatMap((driver) => driver.sides[side].slices[place] ?? [])
    const loops = drivers.flatMap((driver) => driver.loops[index] ?? [])
    const time = mergeHistograms(shards.map(({ timeUs }) => timeUs))
    const at = (histogram: Histogram, percentile: number) => (histogram.count === 0 ? null : histogram.percentile(percentile))
    const merged = (text: (shard: (typeof shards)[number]) => string, percentile: number) =>
      at(mergeHistograms(shards.map(text)), percentile)
    const known = loops.flatMap(({ utilization }) => utilization ?? [])
    return {
      side,
      publishes: counts[index]?.counted ?? 0,
      p50: at(time, 50),
      p90: at(time, 90),
      p99: at(time, 99),
      lagP90Us: merged(({ lagUs }) => lagUs, 90),
      publishDelayP99Us: at(mergeHistograms(servers[side].ownDelaysUs?.slice(place, place + 1) ?? []), 99),
      publisherUtilization: servers[side].posts?.utilizations[place] ?? null,
      negatives: shards.reduce((sum, { negatives }) => sum + negatives, 0),
      utilization: known.length === 0 ? null : Math.max(...known),
      frozenUs: Math.max(0, ...loops.map(({ frozenUs }) => frozenUs)),
    }
  })
  return Array.from({ length: Math.floor(figures.length / 2) }, (_, pair) => {
    const both = figures.slice(2 * pair, 2 * pair + 2)
    const of = (side: Side) => both.find((slice) => slice.side === side) as SliceFigures
    return { slices: { baseline: of('baseline'), candidate: of('candidate') }, machine: machine.intervals[pair] ?? null }
  })
}

/** Over all slices of a label: what the whole round is judged by. */
export interface LabelFigures {
  label: string
  pairs: PairFigures[]
  machine: MachineInterval | null
  clients: number
  sliceUs: number
  publishIntervalUs: number
  /** Mean over the slices, of the busiest driver. */
  utilization: number | null
  lagP90Us: number | null
  timeP90Us: number | null
  /** Publishes later than an interval, of those of publishers in processes of their own; `null` where there is none. */
  latePublishShare: number | null
  /** Mean over the slices of a side, of the busier of such publishers. */
  publisherUtilization: number | null
  ledgers: Record<Side, SideLedger>
  totals: Record<Side, SideTotals>
  exhausted: number
  foreign: number
  lastError: string | null
}

export interface SideLedger extends LedgerShard {
  scheduled: number
  published: number
  /** Messages that were sent to a server that had not answered when the round ended: published or not, nobody knows. */
  unconfirmed: number
  expected: number
}

export interface SideTotals {
  bytes: number
  cpuUs: number | null
  deliveries: number
}

export function labelFigures(shards: PairShards): LabelFigures {
  const { plan, drivers, machine, servers } = shards
  const { planned, layout } = plan
  const pairs = pairFigures(shards)
  const all = pairs.flatMap(({ slices }) => SIDES.map((side) => slices[side]))
  const publishers = SIDES.flatMap((side) => mean(pairs.map(({ slices }) => slices[side].publisherUtilization)) ?? [])
  const sides = drivers.flatMap((driver) => SIDES.map((side) => driver.sides[side]))
  const slices = sides.flatMap((side) => side.slices)
  const p90 = (texts: string[]) => {
    const histogram = mergeHistograms(texts)
    return histogram.count === 0 ? null : histogram.percentile(90)
  }
  const publishIntervalUs = 1e6 / planned.load.ratePerSec
  return {
    label: planned.label,
    pairs,
    machine: machine.whole,
    clients: planned.load.clients,
    sliceUs: layout.sliceUs,
    publishIntervalUs,
    utilization: mean(all.map(({ utilization }) => utilization)),
    lagP90Us: p90(slices.map(({ lagUs }) => lagUs)),
    timeP90Us: p90(slices.map(({ timeUs }) => timeUs)),
    latePublishShare: lateShare(
      SIDES.flatMap((side) => servers[side].ownDelaysUs ?? []),
      publishIntervalUs,
    ),
    publisherUtilization: publishers.length === 0 ? null : Math.max(...publishers),
    ledgers: { baseline: ledgerOf(shards, 'baseline'), candidate: ledgerOf(shards, 'candidate') },
    totals: { baseline: totalsOf(shards, 'baseline'), candidate: totalsOf(shards, 'candidate') },
    exhausted: sides.reduce((sum, { connections }) => sum + connections.exhausted, 0),
    foreign: sides.reduce((sum, { connections }) => sum + connections.foreign, 0),
    lastError: sides.find(({ connections }) => connections.lastError !== null)?.connections.lastError ?? null,
  }
}

/** Of what is known. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? [])
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

function lateShare(texts: readonly string[], intervalUs: number): number | null {
  if (texts.length === 0) return null
  const delays = new Histogram()
  for (const text of texts) delays.add(decodeHistogram(text))
  return delays.count === 0 ? null : delays.countAbove(intervalUs) / delays.count
}

function ledgerOf({ plan, slices, counts, drivers, servers }: PairShards, side: Side): SideLedger {
  const due = counts.reduce((sum, { scheduled }, index) => sum + (slices[index]?.side === side ? scheduled : 0), 0)
  const total = (kind: keyof PairShards['drivers'][number]['sides'][Side]['ledger']) =>
    drivers.reduce((sum, driver) => sum + driver.sides[side].ledger[kind], 0)
  return {
    scheduled: due,
    published: servers[side].published,
    unconfirmed: servers[side].posts?.unconfirmed ?? 0,
    expected: due * plan.planned.load.clients,
    delivered: total('delivered'),
    missing: total('missing'),
    superseded: total('superseded'),
    duplicates: total('duplicates'),
    reordered: total('reordered'),
    overflowed: total('overflowed'),
  }
}

function totalsOf({ drivers, servers }: PairShards, side: Side): SideTotals {
  const total = (figure: 'received' | 'sent' | 'deliveries') =>
    drivers.reduce((sum, driver) => sum + driver.sides[side].bytes[figure], 0)
  return { bytes: total('received') + total('sent'), cpuUs: servers[side].cpuUs, deliveries: total('deliveries') }
}
