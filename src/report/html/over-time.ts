import { formatCount, formatDuration, formatSize } from '../quantity.js'
import { labelOf } from './bars.js'
import { type ChartList, MOST_LINES } from './chart.js'
import { line } from './latency.js'
import { figure, html, type Markup } from './markup.js'
import { type Moment, momentsOf, type RowData } from './row-data.js'

const MOST_POINTS = 240
const MOST_TABLE_ROWS = 30

/** Latency and throughput of the first round that counts, by the second in which the messages were due. */
export function timeCharts(rows: readonly RowData[], charts: ChartList): Markup[] {
  const shown = rows.filter(({ trials }) => (trials[0]?.series.length ?? 0) > 1).slice(0, MOST_LINES)
  if (shown.length === 0) return []
  const moments = shown.map(({ trials }) => momentsOf(trials[0]?.series ?? [], MOST_POINTS))
  const times = [...new Set(moments.flatMap((list) => list.map(({ atMs }) => atMs)))].sort((a, b) => a - b)
  const lines = (of: (moment: Moment) => number | null) =>
    shown.map((row, place) => {
      const at = new Map(moments[place]?.map((moment) => [moment.atMs, of(moment)]))
      return line(
        row,
        times.map((time) => at.get(time) ?? null),
      )
    })
  const x = { scale: 'linear', unit: 'ms', label: 'time since the window began' } as const
  const rounds = shown.some(({ trials }) => trials.length > 1) ? 'The first round that counts of each.' : ''
  const merged = shown.some(({ trials }) => (trials[0]?.series.length ?? 0) > MOST_POINTS)
    ? ' Neighbours are put together: the greatest of them is shown.'
    : ''
  return [
    charts.add(
      {
        title: 'Latency over time',
        x,
        y: { scale: 'log', unit: 'us', label: 'latency p99 of each block' },
        lines: lines(({ p99 }) => p99),
        xs: times,
      },
      `A peak is a stall: the block is that in which the messages were due. ${rounds}${merged}`,
      timeTable(shown, [
        ['p50', ({ p50 }) => figure(p50, formatDuration)],
        ['p99', ({ p99 }) => figure(p99, formatDuration)],
        ['max', ({ max }) => figure(max, formatDuration)],
      ]),
    ),
    charts.add(
      {
        title: 'Throughput over time',
        x,
        y: { scale: 'linear', unit: 'perSec', label: 'deliveries a second' },
        lines: lines(({ delivered, lengthMs }) => (lengthMs > 0 ? (delivered / lengthMs) * 1e3 : null)),
        xs: times,
      },
      `Deliveries of the messages that were due in the block; it follows the feed where nothing is lost. ${rounds}`,
      timeTable(shown, [
        ['delivered', ({ delivered }) => figure(delivered, formatCount)],
        ['received', ({ bytesReceived }) => figure(bytesReceived, formatSize)],
      ]),
    ),
  ]
}

function timeTable(rows: readonly RowData[], columns: readonly [name: string, cell: (moment: Moment) => Markup][]): Markup {
  const moments = rows.map(
    ({ trials }) => new Map(momentsOf(trials[0]?.series ?? [], MOST_TABLE_ROWS).map((moment) => [moment.atMs, moment])),
  )
  const times = [...new Set(moments.flatMap((list) => [...list.keys()]))].sort((a, b) => a - b).slice(0, MOST_TABLE_ROWS * 2)
  return html`<table><thead>
<tr><th scope="col" rowspan="2">from</th>${rows.map((row) => html`<th scope="colgroup" colspan="${columns.length}">${labelOf(row)}</th>`)}</tr>
<tr>${rows.map(() => columns.map(([name]) => html`<th scope="col">${name}</th>`))}</tr></thead>
<tbody>${times.map(
    (time) =>
      html`<tr><th scope="row">${formatDuration(time * 1e3)}</th>${moments.map((list) => {
        const moment = list.get(time)
        return columns.map(([, cell]) => html`<td>${moment === undefined ? '-' : cell(moment)}</td>`)
      })}</tr>`,
  )}</tbody></table>`
}
