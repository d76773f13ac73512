import { greatest, least, median } from '../../analysis/spread.js'
import { formatCount, formatDuration, formatPercent } from '../quantity.js'
import { labelOf } from './bars.js'
import { type ChartList, type Line, MOST_LINES } from './chart.js'
import { figure, html, type Markup } from './markup.js'
import type { RowData } from './row-data.js'

const STEPS = 90
/** Percentiles of the table: far enough out for the longest of runs. */
const TABLE_PERCENTS = [0, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]

/** Latency by percentile on the axis of HDR plots, and the same as a distribution function. */
export function latencyCharts(rows: readonly RowData[], charts: ChartList): Markup[] {
  const shown = rows.filter(({ histograms }) => histograms.length > 0).slice(0, MOST_LINES)
  if (shown.length === 0) return []
  const several = shown.some(({ histograms }) => histograms.length > 1)
  const each = several ? 'At each percentile the median of the rounds; rounds are never pooled.' : ''
  return [byPercentile(shown, each, charts), distributionFunction(shown, several, charts)]
}

function byPercentile(rows: readonly RowData[], each: string, charts: ChartList): Markup {
  const most = Math.min(1e6, greatest(rows.map(({ histograms }) => least(histograms.map(({ count }) => count)))))
  const xs = logSteps(1, Math.max(10, most))
  const lines = rows.map((row) =>
    line(
      row,
      xs.map((x) => atPercentile(row, 100 * (1 - 1 / x), x)),
    ),
  )
  return charts.add(
    {
      title: 'Latency by percentile',
      x: { scale: 'percentile', unit: 'percent', label: 'percentile (each step to the right is ten times rarer)' },
      y: { scale: 'log', unit: 'us', label: 'latency, from intended publish' },
      lines,
      xs,
    },
    `Lower is earlier. ${each}`,
    percentileTable(rows),
  )
}

/** `null` where a round has fewer deliveries than the percentile is about: the median would be of others there than before. */
function atPercentile({ histograms }: RowData, percent: number, rarity: number): number | null {
  if (histograms.some(({ count }) => count < rarity)) return null
  return median(histograms.map((histogram) => histogram.percentile(percent)))
}

function percentileTable(rows: readonly RowData[]): Markup {
  return html`<table><thead><tr><th scope="col">percentile</th>${rows.map((row) => html`<th scope="col">${labelOf(row)}</th>`)}</tr></thead>
<tbody>${TABLE_PERCENTS.map(
    (percent) =>
      html`<tr><th scope="row">${percent === 0 ? 'least' : percent === 100 ? 'greatest' : percent}</th>${rows.map(
        (row) =>
          html`<td>${figure(atPercentile(row, percent, percent === 100 ? 1 : 100 / (100 - percent)), formatDuration)}</td>`,
      )}</tr>`,
  )}</tbody></table>`
}

function distributionFunction(rows: readonly RowData[], several: boolean, charts: ChartList): Markup {
  const all = rows.flatMap(({ histograms }) => histograms)
  const xs = logSteps(Math.max(1, least(all.map(({ min }) => min))), Math.max(10, greatest(all.map(({ max }) => max))))
  const shareUpTo = ({ histograms }: RowData, us: number): number | null =>
    median(histograms.map((histogram) => 1 - histogram.countAbove(us) / histogram.count))
  const marks = [1e3, 2e3, 5e3, 10e3, 20e3, 50e3, 100e3, 200e3, 500e3, 1e6, 2e6, 5e6]
  const table = html`<table><thead><tr><th scope="col">within</th>${rows.map((row) => html`<th scope="col">${labelOf(row)}</th>`)}</tr></thead>
<tbody>${marks.map(
    (us) =>
      html`<tr><th scope="row">${formatDuration(us)}</th>${rows.map((row) => html`<td>${formatPercent(shareUpTo(row, us))}</td>`)}</tr>`,
  )}</tbody></table>`
  return charts.add(
    {
      title: 'How many had arrived by then',
      x: { scale: 'log', unit: 'us', label: 'latency' },
      y: { scale: 'linear', unit: 'share', label: 'share of the messages that arrived' },
      lines: rows.map((row) =>
        line(
          row,
          xs.map((us) => shareUpTo(row, us)),
        ),
      ),
      xs,
    },
    `Further left is earlier.${several ? ' The median of the rounds.' : ''} Missing messages are in no curve: see the ledger.`,
    table,
  )
}

export function line({ label, transport, variant, isUnusable }: RowData, ys: (number | null)[]): Line {
  return { label, transport, variant, isInvalid: isUnusable, ys }
}

function logSteps(from: number, to: number): number[] {
  return Array.from({ length: STEPS }, (_, step) => from * (to / from) ** (step / (STEPS - 1)))
}

/** What the percentiles rest on. */
export function deliveriesNote(rows: readonly RowData[]): string {
  const counts = rows.flatMap(({ histograms }) => histograms.map(({ count }) => count))
  if (counts.length === 0) return 'Nothing was delivered.'
  const [few, many] = [least(counts), greatest(counts)]
  return `From ${few === many ? formatCount(few) : `${formatCount(few)} to ${formatCount(many)}`} deliveries a round.`
}
