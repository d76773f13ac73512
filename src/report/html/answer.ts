import type { RowEstimate } from '../../analysis/uncertainty.js'
import { COLUMNS, fullName } from '../columns.js'
import { type LoadPointView, standingSentence } from '../comparison.js'
import { describeLoad } from '../load.js'
import { noWinnerNotes } from '../notes.js'
import { formatCount, formatDuration, formatPercent, formatSize } from '../quantity.js'
import { formatUncertainty, uncertaintyNotes } from '../uncertain.js'
import { labelOf } from './bars.js'
import { colourClass } from './chart.js'
import { figure, html, type Markup } from './markup.js'
import { PERCENTS, type RowData } from './row-data.js'

/** What came out, in words, with what is not certain of it; how to read the figures, the first time; the table of it; and what may be concluded. */
export function answer(view: LoadPointView, rows: readonly RowData[], howToRead: Markup | null): Markup {
  return html`<p class="at">At ${describeLoad(view.load)}:</p>
<ul class="answer">${rows.map(sentence)}</ul>
${howToRead}${answerTable(view, rows)}
${conclusions(view)}`
}

function sentence(row: RowData): Markup {
  const { transport, view, estimates } = row
  const name = html`<li class="${colourClass(transport)}${row.isUnusable ? ' unusable' : ''}">${labelOf(row)} `
  if (row.trials.length === 0) return html`${name}${standingSentence(view)}.</li>`
  const [p50, p99] = estimates
  if (p50 === null || p50 === undefined || p99 === undefined || p99 === null) return html`${name}delivered nothing.</li>`
  const perMessage = view.row.metrics['bytes.perMessage'].median
  // What is missing is in no percentile.
  const whole = isLossy(row) ? 'of what arrived' : 'of the messages'
  return html`${name}delivered half ${whole} within ${quantity(p50)}, ${
    p99.basis === 'at-least'
      ? html`99 % within <b>${formatDuration(p99.low)}</b> at the least ${quiet('(too few independent samples to say how much more)')}`
      : html`99 % within ${quantity(p99)}`
  }, for ${formatSize(perMessage)} a message; ${lossOf(row)}.${row.isUnusable ? html` <b class="bad">Invalid: do not use these figures.</b>` : null}</li>`
}

function quantity(estimate: RowEstimate): Markup {
  const uncertainty = formatUncertainty(estimate)
  return html`<b>${formatDuration(estimate.value)}</b>${uncertainty === '' ? null : html` ${quiet(uncertainty)}`}`
}

function quiet(text: string): Markup {
  return html`<span class="quiet">${text}</span>`
}

function isLossy({ view }: Pick<RowData, 'view'>): boolean {
  return (view.row.metrics['messages.missing'].median ?? 0) > 0
}

function lossOf({ view }: RowData): string {
  const missing = view.row.metrics['messages.missing'].median
  return !isLossy({ view })
    ? 'nothing was missing'
    : `${formatCount(missing)} deliveries (${formatPercent(view.missingShare)}) were missing`
}

function answerTable({ winners, rows: views }: LoadPointView, rows: readonly RowData[]): Markup {
  const others = COLUMNS.filter(({ metric }) => {
    const isElsewhere = ['latencyUs.', 'transitUs.', 'bytes.overheadRatio'].some((start) => metric.startsWith(start))
    return !isElsewhere && rows.some(({ view }) => view.row.metrics[metric].median !== null)
  })
  const best = (metric: string, label: string): Markup | null =>
    [...winners].some(([of, winner]) => of === metric && winner === label) ? html` <b class="good">best</b>` : null
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table class="main"><caption class="unseen">Latency from the intended publish, and what it cost${views.some(({ roundCount }) => roundCount > 1) ? '; medians of the rounds' : ''}</caption>
<thead><tr><th scope="col"><span class="unseen">label</span></th>${PERCENTS.map((percent) => html`<th scope="col">p${percent}</th>`)}${others.map((column) => html`<th scope="col">${fullName(column)}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr class="${colourClass(row.transport)}${row.isUnusable ? ' unusable' : ''}" data-label="${row.label}"><th scope="row">${labelOf(row)}</th>${row.estimates.map(
        (estimate, place) =>
          html`<td data-percent="${PERCENTS[place] ?? null}">${cell(estimate)}${best(`latencyUs.p${PERCENTS[place]}`, row.label)}</td>`,
      )}${others.map(({ metric, value }) => {
        const { median } = row.view.row.metrics[metric]
        return html`<td data-metric="${metric}">${figure(median, () => value(row.view))}${best(metric, row.label)}</td>`
      })}</tr>`,
  )}</tbody></table></div>`
}

function cell(estimate: RowEstimate | null): Markup {
  if (estimate === null) return html`-`
  // What cannot be bounded from above is no figure to compare: its lower end is what stands.
  const isOpen = estimate.basis === 'at-least'
  return html`${figure(estimate.value, () => (isOpen ? `≥ ${formatDuration(estimate.low)}` : formatDuration(estimate.value)))}<br><span class="quiet">${
    isOpen || estimate.basis === 'few' ? 'too few samples' : formatUncertainty(estimate)
  }</span>`
}

/** From when to when, and what the brackets mean that there are. */
export function howToRead(rows: readonly RowData[]): Markup {
  const notes = uncertaintyNotes(rows.flatMap(({ estimates }) => estimates))
  return html`${['Times are from the intended publish to the receipt', ...notes].map((note) => html`<p class="note">${note.replace('>=', '≥')}.</p>`)}`
}

/** "Better" is only said where the rounds say it. */
function conclusions({ winners, noWinner }: LoadPointView): Markup {
  const named = COLUMNS.filter(({ metric }) => winners.has(metric)).map(({ metric, name }) => ({
    name,
    label: winners.get(metric) ?? '',
  }))
  const labels = [...new Set(named.map(({ label }) => label))]
  return html`<h4>What may be concluded</h4><ul class="plain">${labels.map(
    (label) =>
      html`<li><b class="label">${label}</b> is better than all others in ${named
        .filter((one) => one.label === label)
        .map(({ name }) => name)
        .join(', ')}: its rounds lie apart from theirs.</li>`,
  )}${noWinnerNotes(noWinner).map((note) => html`<li${labels.length > 0 ? html` class="note"` : null}>${note}.</li>`)}</ul>`
}
