import { networkNotes } from '../network.js'
import { predictionNotes, predictionRows } from '../predictions.js'
import { slowReaderNotes } from '../slow-readers.js'
import { labelOf } from './bars.js'
import { colourClass } from './chart.js'
import { html, type Markup } from './markup.js'
import type { LoadData } from './row-data.js'

/** What theory expects against what was measured, medians over the rounds that count; nothing where there is no model. */
export function predictedSection({ view, rows }: LoadData): Markup | null {
  const figures = predictionRows(view.rows)
  const notes = predictionNotes(view.rows)
  if (figures.length === 0 && notes.length === 0) return null
  const rowOf = new Map(rows.map((row) => [row.label, row]))
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="Measured against predicted"><table class="main"><thead><tr><th scope="col">label</th><th scope="col" class="text">figure</th><th scope="col">predicted</th><th scope="col">measured</th><th scope="col">off by</th></tr></thead>
<tbody>${figures.map(({ label, metric, expected, measured, offBy }) => {
    const row = rowOf.get(label)
    return html`<tr class="${colourClass(row?.transport ?? '')}"><th scope="row">${row === undefined ? label : labelOf(row)}</th><td class="text">${metric}</td><td>${expected}</td><td>${measured}</td><td>${offBy}</td></tr>`
  })}</tbody></table></div>`
  return html`<h3>Measured against predicted</h3>${figures.length === 0 ? null : table}${notes.map((note) => html`<p class="note">${note}.</p>`)}`
}

/** The link and the slow readers of a load point, where it had any. */
export function circumstances({ view }: LoadData): Markup {
  return html`${[...networkNotes(view), ...slowReaderNotes(view)].map((note) => html`<p class="note">${note}.</p>`)}`
}
