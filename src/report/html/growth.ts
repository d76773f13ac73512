import { shortLoad } from '../load.js'
import { formatDuration, formatPercent, formatSize } from '../quantity.js'
import { formatUncertainty } from '../uncertain.js'
import { type Chart, type ChartList, type Line, MOST_LINES } from './chart.js'
import { over } from './costs.js'
import { figure, html, type Markup } from './markup.js'
import type { LoadData, RowData } from './row-data.js'

const FIGURES: readonly {
  title: string
  label: string
  unit: Chart['y']['unit']
  scale: Chart['y']['scale']
  format: (value: number | null) => string
  pick: (row: RowData) => number | null
  /** What is not certain of it. */
  doubt?: (row: RowData) => string
}[] = [
  {
    title: 'Latency p99',
    label: 'latency p99',
    unit: 'us',
    scale: 'log',
    format: formatDuration,
    pick: ({ estimates }) => estimates[1]?.value ?? null,
    doubt: ({ estimates: [, p99] }) =>
      p99?.basis === 'at-least' ? `at least ${formatDuration(p99.low)}` : p99 ? formatUncertainty(p99) : '',
  },
  {
    title: 'Server CPU per message',
    label: 'server CPU per message',
    unit: 'us',
    scale: 'linear',
    format: formatDuration,
    pick: (row) => over(row, ({ server }) => server.cpuUsPerMessage),
  },
  {
    title: 'Bytes per message',
    label: 'bytes per message',
    unit: 'bytes',
    scale: 'linear',
    format: formatSize,
    pick: (row) => over(row, ({ bytes }) => bytes.perMessage),
  },
  {
    title: 'Server loop busy',
    label: 'busy share of the server’s event loop',
    unit: 'share',
    scale: 'linear',
    format: formatPercent,
    pick: (row) => over(row, ({ server }) => server.eventLoopUtilization),
  },
]

/** How the figures change from load point to load point; nothing where there is only one. */
export function growthSection(loads: readonly LoadData[], charts: ChartList): Markup | null {
  if (loads.length < 2) return null
  const axis = axisOf(loads)
  const ordered = [...loads].sort((a, b) => axis.at(a) - axis.at(b))
  const xs = ordered.map(axis.at)
  const labels = [...new Set(loads.flatMap(({ rows }) => rows.map(({ label }) => label)))].slice(0, MOST_LINES)
  return html`<section><h2>How it grows</h2><p class="note">${axis.note} One point a load point; invalid ones are left out of the line and marked in the table.</p><div class="charts">${FIGURES.map(
    ({ title, label, unit, scale, format, pick, doubt }) =>
      charts.add(
        { title, x: axis.x, y: { scale, unit, label }, xs, lines: labels.map((of) => growthLine(of, ordered, pick)) },
        doubt === undefined ? 'Lower is less.' : 'Lower is earlier; the table says how far each can be trusted.',
        html`<table><thead><tr><th scope="col">load</th>${labels.map((of) => html`<th scope="col">${of}</th>`)}</tr></thead><tbody>${ordered.map(
          ({ view, rows }) =>
            html`<tr><th scope="row">${shortLoad(view.load)}</th>${labels.map((of) => {
              const row = rows.find((one) => one.label === of)
              if (row === undefined) return html`<td>-</td>`
              return html`<td>${figure(pick(row), format)}${row.isUnusable ? html` <b class="bad">invalid</b>` : null}${doubt === undefined ? null : html`<br><span class="quiet">${doubt(row)}</span>`}</td>`
            })}</tr>`,
        )}</tbody></table>`,
      ),
  )}</div></section>`
}

function growthLine(label: string, loads: readonly LoadData[], pick: (row: RowData) => number | null): Line {
  const found = loads.map(({ rows }) => rows.find((row) => row.label === label))
  const first = found.find((row) => row !== undefined)
  const ys = found.map((row) => (row === undefined || row.isUnusable || row.trials.length === 0 ? null : pick(row)))
  return { label, transport: first?.transport ?? '', variant: first?.variant ?? 0, isInvalid: false, ys }
}

/** The one figure by which the load points differ; where there are several, their order. */
function axisOf(loads: readonly LoadData[]): { at: (load: LoadData) => number; x: Chart['x']; note: string } {
  const distinct = (of: (load: LoadData) => number) => new Set(loads.map(of)).size === loads.length
  const clients = ({ view }: LoadData) => view.load.clients
  const rate = ({ view }: LoadData) => view.load.ratePerSec
  const scaleOf = (of: (load: LoadData) => number) =>
    Math.max(...loads.map(of)) > 8 * Math.min(...loads.map(of)) ? 'log' : 'linear'
  if (distinct(clients))
    return { at: clients, x: { scale: scaleOf(clients), unit: 'count', label: 'clients' }, note: 'By the number of clients.' }
  if (distinct(rate))
    return { at: rate, x: { scale: scaleOf(rate), unit: 'perSec', label: 'messages a second' }, note: 'By the rate of the feed.' }
  return {
    at: (load) => loads.indexOf(load) + 1,
    x: { scale: 'linear', unit: 'count', label: 'load point' },
    note: 'Load points in the order of the scenario, since several things differ between them; the table names them.',
  }
}
