import { latencyOverRounds, type RowEstimate } from '../../analysis/uncertainty.js'
import { decodeHistogram, type Histogram } from '../../measure/histogram.js'
import type { Distribution, SeriesPoint, Trial } from '../../model/trial.js'
import type { LoadPointView, RowView } from '../comparison.js'

/** Percentiles of the tables and of the answer. */
export const PERCENTS = [50, 99, 99.9] as const

/** A row of a load point with what the charts need, decoded once. */
export interface RowData {
  view: RowView
  label: string
  transport: string
  /** Labels of the same transport before this one. */
  variant: number
  /** Nothing of it may be used. */
  isUnusable: boolean
  /** The rounds that count: those not invalid, or all where none is. */
  trials: Trial[]
  /** Of `PERCENTS`. */
  estimates: (RowEstimate | null)[]
  histograms: Histogram[]
}

/** A load point with its rows. */
export interface LoadData {
  view: LoadPointView
  rows: RowData[]
}

export function rowsOf({ rows }: LoadPointView): RowData[] {
  const seen = new Map<string, number>()
  return rows.map((view) => {
    const { label, transport } = view.row
    const variant = seen.get(transport) ?? 0
    seen.set(transport, variant + 1)
    const believable = view.trials.filter(({ verdict }) => verdict.status !== 'invalid')
    const trials = believable.length > 0 ? believable : view.trials
    return {
      view,
      label,
      transport,
      variant,
      isUnusable: view.standing === 'unusable',
      trials,
      estimates: latencyOverRounds(trials, PERCENTS),
      histograms: histogramsOf(trials.map(({ latencyUs }) => latencyUs)),
    }
  })
}

function histogramsOf(distributions: readonly Distribution[]): Histogram[] {
  const decoded = distributions.flatMap(({ histogram }) => (histogram === null ? [] : [decodeHistogram(histogram)]))
  return decoded.filter(({ count }) => count > 0)
}

/** What a chart of time shows; a file may have more than a feedbench that wrote it would. */
export interface Moment {
  atMs: number
  lengthMs: number
  delivered: number
  p50: number | null
  p99: number | null
  max: number | null
  bytesReceived: number
}

/** At most so many points; of neighbours that are put together the greatest percentile stays, and counts are added. */
export function momentsOf(series: readonly SeriesPoint[], most: number): Moment[] {
  const size = Math.max(1, Math.ceil(series.length / most))
  const moments: Moment[] = []
  for (let start = 0; start < series.length; start += size) {
    const group = series.slice(start, start + size)
    const worst = (of: (point: SeriesPoint) => number | null): number | null =>
      group.reduce<number | null>((most, point) => (of(point) === null ? most : Math.max(most ?? 0, of(point) ?? 0)), null)
    const sum = (of: (point: SeriesPoint) => number): number => group.reduce((total, point) => total + of(point), 0)
    moments.push({
      atMs: group[0]?.atMs ?? 0,
      lengthMs: sum(({ lengthMs }) => lengthMs),
      delivered: sum(({ delivered }) => delivered),
      p50: worst(({ latencyUs }) => latencyUs.p50),
      p99: worst(({ latencyUs }) => latencyUs.p99),
      max: worst(({ latencyUs }) => latencyUs.max),
      bytesReceived: sum(({ bytesReceived }) => bytesReceived),
    })
  }
  return moments
}
