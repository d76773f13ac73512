import { median } from '../analysis/spread.js'
import type { Predicted } from '../model/prediction.js'
import type { RowView } from './comparison.js'
import { formatDuration, formatPercent, formatRatio, formatSize } from './quantity.js'

/** A figure beside what theory expects of it, over the rounds that count. */
export interface PredictionRow {
  label: string
  /** `latency mean`. */
  metric: string
  measured: string
  expected: string
  /** `+2.4 %`. */
  offBy: string
}

/** The figures that a table has room for, in its order; the result has them all. */
const SHOWN: Record<string, { name: string; format(value: number | null): string }> = {
  'latencyUs.mean': { name: 'latency mean', format: formatDuration },
  'latencyUs.p99': { name: 'latency p99', format: formatDuration },
  'requests.perMessage': { name: 'requests/message', format: formatRatio },
  'requests.emptyShare': { name: 'empty answers', format: formatPercent },
  'messages.deliveredShare': { name: 'delivered', format: formatPercent },
  'bytes.perMessage': { name: 'bytes/message', format: formatSize },
}

/** Less than a table shows of a share: one poll in 10,000. */
const NEXT_TO_NOTHING = 1e-4

/** A row for each label and figure; of what is expected to be 0 or next to it, such as the requests of a stream, there is nothing to tell. */
export function predictionRows(views: readonly RowView[]): PredictionRow[] {
  return views
    .filter(({ standing }) => standing !== 'unusable' && standing !== 'absent')
    .flatMap((view) => Object.entries(SHOWN).flatMap(([metric, shown]) => rowOf(view, metric, shown) ?? []))
}

function rowOf(view: RowView, metric: string, { name, format }: (typeof SHOWN)[string]): PredictionRow | undefined {
  const figures = predictedOf(view).flatMap(({ figures }) => figures.filter((figure) => figure.metric === metric))
  const expected = median(figures.map((figure) => figure.expected))
  if (expected === null || expected < NEXT_TO_NOTHING) return undefined
  const measured = median(figures.flatMap((figure) => figure.measured ?? []))
  const offBy = measured === null ? '-' : formatDeviation(measured / expected - 1)
  return { label: view.row.label, metric: name, measured: format(measured), expected: format(expected), offBy }
}

/** Why whole labels have no prediction: `No prediction for sse, websocket: a burst feed`. */
export function predictionNotes(views: readonly RowView[]): string[] {
  const labels = new Map<string, string[]>()
  for (const view of views) {
    const predicted = predictedOf(view)
    if (predicted.some(({ figures }) => figures.length > 0)) continue
    const why = predicted.find(({ notCovered }) => notCovered !== null)?.notCovered
    if (why !== undefined && why !== null) labels.set(why, [...(labels.get(why) ?? []), view.row.label])
  }
  return [...labels].map(([why, names]) => `No prediction for ${names.join(', ')}: ${why}`)
}

function predictedOf({ trials, standing }: RowView): Predicted[] {
  if (standing === 'unusable') return []
  return trials.filter(({ verdict }) => verdict.status !== 'invalid').map(({ predicted }) => predicted)
}

/** `+2.4 %`, `-0.3 %`, `0 %`: with a sign, and to a tenth. */
function formatDeviation(deviation: number): string {
  const percent = (deviation * 100).toFixed(1)
  return Number(percent) === 0 ? '0 %' : `${deviation > 0 ? '+' : ''}${percent} %`
}
