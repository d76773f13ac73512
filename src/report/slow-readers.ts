import { spreadOf } from '../analysis/spread.js'
import type { Spread } from '../model/result.js'
import type { SlowReadersReport } from '../model/trial.js'
import type { LoadPointView, RowView } from './comparison.js'
import { formatCount, formatDuration, formatPercent, formatSize } from './quantity.js'

/** A sentence for each row that had slow readers: how late they were, what they lack, and what the server did about them. Not escaped. */
export function slowReaderNotes({ rows }: LoadPointView): string[] {
  return rows.flatMap((view) => {
    const [first, ...others] = reportsOf(view)
    return first === undefined ? [] : [sentence(view.row.label, [first, ...others])]
  })
}

function reportsOf({ trials }: RowView): SlowReadersReport[] {
  const believable = trials.filter(({ verdict }) => verdict.status !== 'invalid')
  return (believable.length > 0 ? believable : trials).flatMap(({ slowReaders }) => slowReaders ?? [])
}

/** Medians of the rounds for latency and losses, the most of any for what the server did. */
function sentence(label: string, reports: [SlowReadersReport, ...SlowReadersReport[]]): string {
  const over = (figure: (report: SlowReadersReport) => number | null): Spread => spreadOf(reports.map(figure))
  const { clients, bytesPerSec } = reports[0]
  const p50 = over(({ latencyUs }) => latencyUs.p50).median
  const p99 = over(({ latencyUs }) => latencyUs.p99).median
  const latency = p50 === null ? 'nothing arrived' : `latency p50 ${formatDuration(p50)}, p99 ${formatDuration(p99)}`
  const missing = over((report) => report.missing).median
  const share = over(missingShare).median
  const inAll = over((report) => report.serverMaxBufferedBytes).max
  const forOne = over((report) => report.serverMaxBufferedBytesPerConnection).max
  return [
    `${label}, ${formatCount(clients)} slow ${clients === 1 ? 'reader' : 'readers'} at ${formatSize(bytesPerSec)}/s: ${latency}`,
    `${formatCount(missing)} missing${missing === 0 ? '' : ` (${formatPercent(share)})`}`,
    `waiting in the server at most ${formatSize(inAll)}, ${formatSize(forOne)} for one connection`,
    `${formatCount(over((report) => report.disconnected).max)} cut off`,
  ].join('; ')
}

function missingShare({ delivered, missing, superseded }: SlowReadersReport): number | null {
  const expected = delivered + missing + superseded
  return expected === 0 ? null : missing / expected
}
