import type { Comparison } from '../../model/comparison.js'
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
  const { title, runs, answer, hasRegressed, warnings, loads, notes } = comparisonView(comparison)
  const body = html`<main>
<header><p class="kicker">feedbench comparison</p><h1>${title}</h1></header>
<ul class="plain">${runs.map((run) => html`<li>${run}</li>`)}</ul>
<section><h2>The answer</h2>
<p>${hasRegressed ? html`<b class="bad">regressed</b> ` : null}<b>${answer}.</b></p>
${doubts(warnings)}
</section>
${loads.map(loadSection)}
<section><h2>How to read it</h2>${notes.map((note) => html`<p class="note">${note}.</p>`)}<p class="note">Each drawing has a dot at the ratio, its interval as a line, and a band as wide as the margin around no change.</p></section>
</main>`
  return plainDocumentOf(title, body, FOREST_STYLE).text
}

function doubts(warnings: readonly string[]): Markup | null {
  if (warnings.length === 0) return null
  return html`<aside class="doubts" aria-label="Doubts"><h3>Doubts</h3><ul>${warnings.map((text) => html`<li>${text}.</li>`)}</ul></aside>`
}

function loadSection({ heading, rows, figures }: ComparisonView['loads'][number]): Markup {
  const reach = forestReach(figures)
  return html`<section><h2>${heading}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${heading}"><table class="main"><caption class="unseen">Candidate against baseline</caption>
<thead><tr><th scope="col">label</th>${['figure', 'baseline', 'candidate', 'change', '95 %', 'worse to the right', 'margin', 'outcome'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map((row, place) => {
    const figure = figures[place]
    return html`<tr class="${colourClass(row.label.split('(')[0] ?? '')}"><th scope="row"><span class="label">${row.label}</span></th><td class="text">${row.figure}</td><td>${row.baseline}</td><td>${row.candidate}</td><td>${row.change}</td><td>${row.interval}</td><td>${figure === undefined ? null : forestRow(figure, reach)}</td><td>${row.margin}</td><td class="text">${outcome(row)}</td></tr>`
  })}</tbody></table></div>
<ul class="plain">${settledNotes(rows).map((note) => html`<li>${note}.</li>`)}</ul></section>`
}

const CLASSES: Record<Outcome, string> = { regressed: 'bad', improved: 'good', equivalent: 'finding', inconclusive: 'warn' }

function outcome({ outcome: kind, word }: ChangeRow): Markup {
  return html`<b class="${CLASSES[kind]}">${word}</b>`
}
