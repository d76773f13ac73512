import { groupBy } from '../../analysis/cells.js'
import type { ComparedFigure, Comparison } from '../../model/comparison.js'
import type { Outcome } from '../../model/gate.js'
import type { ChangeRow } from '../change-rows.js'
import { settledNotes } from '../change-table.js'
import { type ComparisonView, comparisonView } from '../compare-view.js'
import { colourClass } from './chart.js'
import { plainDocumentOf } from './document.js'
import { FOREST_STYLE, forestReach, forestRow } from './forest.js'
import { html, type Markup } from './markup.js'

/** A comparison as one page that needs nothing else: no network, no script, no other file. */
export function renderComparisonHtml(comparison: Comparison): string {
  const { title, runs, answer, hasRegressed, faults, warnings, loads, notes } = comparisonView(comparison)
  const told = [...faults.map((fault) => html`<li class="fault"><b class="bad">lossy</b> ${fault}.</li>`), ...changes(loads)]
  const settled = settledEverywhere(loads)
  const body = html`<main>
<header><p class="kicker">feedbench comparison</p><h1>${title}</h1></header>
<ul class="plain">${runs.map((run) => html`<li>${run}</li>`)}</ul>
<section><h2>The answer</h2>
${doubts(warnings)}
<p>${hasRegressed ? html`<b class="bad">regressed</b> ` : null}<b>${answer}.</b></p>
${told.length === 0 ? null : html`<ul class="answer">${told}</ul>`}${settled}
</section>
${loads.map((load) => loadSection(load, settled === null ? settledNotes(load.rows) : []))}
<section><h2>How to read it</h2>${notes.map((note) => html`<p class="note">${note}.</p>`)}<p class="note">Each drawing has a dot at the ratio, its interval as a line, and a band as wide as the margin around no change; where too few rounds bound it, the dot is a ring.</p></section>
</main>`
  return plainDocumentOf(title, body, `${FOREST_STYLE}${CHANGES_STYLE}`).text
}

function doubts(warnings: readonly string[]): Markup | null {
  if (warnings.length === 0) return null
  return html`<aside class="doubts" aria-label="Doubts"><h3>Doubts</h3><ul>${warnings.map((text) => html`<li>${text}.</li>`)}</ul></aside>`
}

/** What would settle all that is inconclusive, where that is the same for all of it. */
function settledEverywhere(loads: ComparisonView['loads']): Markup | null {
  const notes = [...new Set(loads.flatMap(({ rows }) => rows.flatMap(({ note }) => (note === '' ? [] : [note]))))]
  return notes.length === 1 ? html`<p>To settle what is inconclusive: ${notes[0] ?? ''}.</p>` : null
}

/** More than these are not read one by one: the tables have them. */
const MOST_NAMED = 12

/** What changed, by name, the worse first. */
function changes(loads: ComparisonView['loads']): Markup[] {
  const found = loads.flatMap(({ heading, rows }) => rows.map((row) => ({ heading, row })))
  const of = (kind: Outcome) => found.filter(({ row }) => row.outcome === kind)
  const changed = [...of('regressed'), ...of('improved')]
  const more = changed.length - MOST_NAMED
  const lines = changed
    .slice(0, MOST_NAMED)
    .map(
      ({ heading, row }) =>
        html`<li class="${colourOf(row.label)}"><span class="label">${row.label}</span> ${outcome(row)} in ${row.figure}: ${row.baseline} to <b>${row.candidate}</b>, ${row.change} <span class="quiet">${row.interval}${loads.length > 1 ? ` at ${heading}` : ''}</span></li>`,
    )
  return more > 0 ? [...lines, html`<li class="more quiet">${more} more figures changed: the tables have them.</li>`] : lines
}

function loadSection({ heading, rows, figures }: ComparisonView['loads'][number], notes: readonly string[]): Markup {
  const reach = forestReach(figures)
  const labels = groupBy(
    rows.map((row, place) => ({ row, figure: figures[place] })),
    ({ row }) => row.label,
  )
  return html`<section><h2>${heading}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${heading}"><table class="main changes"><caption class="unseen">Candidate against baseline</caption>
<thead><tr><th scope="col">label</th><th scope="col" class="text">figure</th>${['baseline', 'candidate', 'change', '95 %'].map((name) => html`<th scope="col">${name}</th>`)}<th scope="col" class="drawing">worse to the right</th><th scope="col">margin</th><th scope="col" class="text">outcome</th></tr></thead>
${[...labels].map(([label, group]) => labelGroup(label, group, reach))}</table></div>
${notes.length === 0 ? null : html`<ul class="plain">${notes.map((note) => html`<li>${note}.</li>`)}</ul>`}</section>`
}

function labelGroup(
  label: string,
  rows: readonly { row: ChangeRow; figure: ComparedFigure | undefined }[],
  reach: number,
): Markup {
  return html`<tbody class="${colourOf(label)}">${rows.map(
    ({ row, figure }, place) =>
      html`<tr>${place > 0 ? null : html`<th scope="rowgroup" rowspan="${rows.length}"><span class="label">${label}</span></th>`}<td class="text">${row.figure}</td><td>${row.baseline}</td><td>${row.candidate}</td><td>${row.change}</td><td>${row.interval}</td><td class="drawing">${figure === undefined ? null : forestRow(figure, reach)}</td><td>${row.margin}</td><td class="text">${outcome(row)}</td></tr>`,
  )}</tbody>`
}

function colourOf(label: string): string {
  return colourClass(label.split('(')[0] ?? '')
}

const CLASSES: Record<Outcome, string> = { regressed: 'bad', improved: 'good', equivalent: 'finding', inconclusive: 'warn' }

function outcome({ outcome: kind, word }: ChangeRow): Markup {
  return html`<b class="${CLASSES[kind]}">${word}</b>`
}

/** On a phone a figure is a block of three lines: cells are counted from the last, since the first row of a label has one more. */
const CHANGES_STYLE = `
.answer .fault{--c:var(--bad)}.answer .more{--c:var(--line)}.changes tbody th{padding-right:8px}.changes .drawing{text-align:center}.changes td.drawing{padding-top:7px}.changes td .forest{margin:0 auto}
@media (max-width:600px){.changes thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.changes,.changes tbody,.changes th,.changes td{display:block}
.changes tr{display:grid;grid-template:"label label label label" "figure figure figure outcome" "was is change interval" "forest forest forest margin"/minmax(62px,auto) minmax(76px,auto) minmax(52px,auto) 1fr;align-items:baseline;gap:1px 10px;padding:6px 0;border-bottom:1px solid var(--grid)}
.changes td{border:0;padding:0;text-align:left}.changes tbody th{grid-area:label;border-bottom:0;margin:6px 0 4px}.changes td:nth-last-child(8){grid-area:figure;font-weight:500}.changes td:nth-last-child(7){grid-area:was}
.changes td:nth-last-child(6){grid-area:is}.changes td:nth-last-child(6)::before{content:"\\2192  "}.changes td:nth-last-child(5){grid-area:change}.changes td:nth-last-child(4){grid-area:interval}
.changes td.drawing{grid-area:forest}.changes td .forest{margin:0}.changes td:nth-last-child(2){grid-area:margin;text-align:right;color:var(--quiet)}.changes td:nth-last-child(2)::before{content:"margin "}.changes td:last-child{grid-area:outcome;text-align:right}}
@media print{svg.forest{width:120px;height:auto}}
`
