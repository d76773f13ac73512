import type { Result } from '../../model/result.js'
import { comparisonsOf } from '../comparison.js'
import { oneLine } from '../escape.js'
import { describeLoad, describeMethod } from '../load.js'
import { answer, howToRead } from './answer.js'
import { ChartList } from './chart.js'
import {
  bytesSection,
  CONNECT_COLUMNS,
  LEDGER_COLUMNS,
  plainTable,
  REQUEST_COLUMNS,
  STALENESS_COLUMNS,
  serverSection,
} from './costs.js'
import { documentOf, type PageAssets } from './document.js'
import { doubts } from './doubts.js'
import { evidenceSections } from './evidence.js'
import { growthSection } from './growth.js'
import { deliveriesNote, latencyCharts } from './latency.js'
import { html, jsonForScript, type Markup } from './markup.js'
import { timeCharts } from './over-time.js'
import { circumstances, predictedSection } from './predicted.js'
import { type LoadData, rowsOf } from './row-data.js'
import { runsSection } from './runs.js'
import { thresholdsAnswer } from './thresholds.js'

/** Load points beyond this are in the tables and curves of growth only: nobody reads on, and the page stays small. */
const MOST_LOADS = 12

/** One page that needs nothing else: no network, no other file. */
export function renderHtml(results: readonly Result[], assets: PageAssets): string {
  const charts = new ChartList()
  const body = results.map((result, place) => run(result, results.length === 1 ? '' : `run-${place + 1}-`, charts))
  const names = [...new Set(results.map(({ plan }) => plan.scenario.name))].join(', ')
  return documentOf(
    names,
    assets,
    html`<main>
${runsSection(results)}
${body}
</main>
<script type="application/json" id="charts">${jsonForScript(charts.charts)}</script>`,
  ).text
}

function run(result: Result, prefix: string, charts: ChartList): Markup {
  const { name, description } = result.plan.scenario
  const loads = comparisonsOf(result).map((view): LoadData => ({ view, rows: rowsOf(view) }))
  const detailed = loads.slice(0, MOST_LOADS)
  const more = loads.length - detailed.length
  return html`<article${prefix === '' ? null : html` id="${prefix.slice(0, -1)}"`}>
<header><p class="kicker">feedbench report</p><h1>${name}</h1>${description === null ? null : html`<p class="question">${oneLine(description)}</p>`}<p class="quiet">${describeMethod(result.plan)}</p></header>
<section><h2>The answer</h2>${doubts(
    result,
    loads.map(({ view }) => view),
    prefix,
  )}${thresholdsAnswer(result, prefix)}${detailed.map(({ view, rows }, place) => answer(view, rows, place === 0 ? howToRead(detailed.flatMap((load) => load.rows)) : null))}${more > 0 ? html`<p class="note">${more} more load points are in the figures on growth and in result.json.</p>` : null}</section>
${growthSection(loads, charts)}
${detailed.map((load) => loadSection(load, charts))}
${evidenceSections(result, loads, prefix)}
</article>`
}

function loadSection(load: LoadData, charts: ChartList): Markup {
  const { view, rows } = load
  const measured = rows.filter(({ trials }) => trials.length > 0)
  if (measured.length === 0)
    return html`<section><h2>${describeLoad(view.load)}</h2><p>No trial of this load point finished.</p></section>`
  return html`<section><h2>${describeLoad(view.load)}</h2>${circumstances(load)}
<h3>How late</h3><p class="note">${deliveriesNote(measured)}</p>
<div class="charts">${latencyCharts(measured, charts)}${timeCharts(measured, charts)}</div>
<div class="tables pair">${plainTable('Staleness: age of the newest message that a client holds', measured, STALENESS_COLUMNS)}${plainTable('Connecting: from dialling to subscribed', measured, CONNECT_COLUMNS)}</div>
${predictedSection(load)}
<h3>How heavy</h3>
<div class="tables">${bytesSection(measured)}${plainTable('Requests and batching', measured, REQUEST_COLUMNS)}</div>
<h3>What the server paid</h3>
<div class="tables">${serverSection(measured)}</div>
<h3>What became of every message</h3>
${plainTable('Ledger: delivered + missing + superseded = expected, or the trial is invalid', measured, LEDGER_COLUMNS)}
</section>`
}
