import { documentOf, type Page, type PageAssets } from './document.js'
import { html, type Markup } from './markup.js'

/** Figures of the trial that goes on, by the name that the page's script knows them by. */
const TILES: readonly [name: string, title: string][] = [
  ['p50', 'latency p50 now'],
  ['p99', 'latency p99 now'],
  ['delivered', 'delivered'],
  ['published', 'published'],
  ['clients', 'clients'],
  ['awaited', 'on the way'],
  ['server', 'server'],
  ['drivers', 'drivers'],
]

const CHARTS: readonly [name: string, title: string, note: string, x: string, y: string][] = [
  [
    'latency',
    'Latency p99',
    'Of the deliveries of each half second, to 2 %. The latest trial of each label.',
    'time since measuring began',
    'latency p99',
  ],
  ['rate', 'Throughput', 'It follows the feed where nothing is lost.', 'time since measuring began', 'deliveries a second'],
  [
    'load',
    'Load',
    'Of the latest trial: processor time of the server, and of the busiest driver. 100 % is one core.',
    'time since measuring began',
    'share of a core',
  ],
]

const COLUMNS = ['trial', 'label', 'where', 'p50', 'p99', 'missing', 'bytes/message', 'verdict']

/** The page of a run while it goes on: a frame, and a script that fills it with texts. Nothing of a run is in it. */
export function renderDashboard(assets: PageAssets): Page {
  const body = html`<main id="dashboard">
<header><p class="kicker">feedbench, live</p><h1 data-text="scenario">A run</h1><p class="question" data-text="trial">Waiting for the run to begin.</p>
<div class="phase" id="phase"><span data-text="phase"></span><progress max="1" value="0" aria-label="of the phase"></progress><span class="quiet" data-text="left"></span></div></header>
<aside class="doubts" role="status" id="end" hidden></aside>
<dl class="tiles" id="tiles">${TILES.map(([name, title]) => html`<div><dt>${title}</dt><dd data-text="${name}">-</dd></div>`)}</dl>
<div class="charts">${CHARTS.map(chart)}</div>
<section id="finished" hidden><h2>Finished trials</h2><div class="scroll" tabindex="0" role="region" aria-label="Finished trials"><table class="main"><thead><tr>${COLUMNS.map((column) => html`<th scope="col"${column === 'where' ? html` data-text="where"` : null}>${column}</th>`)}</tr></thead><tbody></tbody></table></div>
<p class="note" data-text="more"></p></section>
<p class="note">A browser runs beside what is measured, and takes from its machine: on one with few cores, watch at the terminal. A page that is not in view draws nothing.</p>
</main>`
  return documentOf('live', assets, body, { style: STYLE, connects: true })
}

function chart([name, title, note, x, y]: (typeof CHARTS)[number]): Markup {
  return html`<figure class="chart" data-live="${name}"><figcaption><h2>${title}</h2><p>${note}</p></figcaption><ul class="key"></ul>
<div class="axis-y">${y}</div><div class="plot" role="img" tabindex="0" aria-label="${title}: ${y} against ${x}; arrow keys move through it"></div>
<div class="axis-x"><span>${x}</span><output></output></div></figure>`
}

const STYLE = `
:root{--server:var(--link);--driver:var(--warn)}
.t-server{--c:var(--server)}.t-driver{--c:var(--driver)}
[hidden]{display:none}
#dashboard{padding-top:24px}#dashboard .charts{grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr))}#finished tbody th{min-width:40px}#dashboard .plot{height:220px}#dashboard h1{margin-bottom:2px}
figcaption h2{font-size:16px;margin:0 0 2px;padding:0;border:0}
.phase{display:flex;align-items:center;gap:14px;flex-wrap:wrap;font-weight:600}.phase .quiet{font-weight:400}.phase span:first-child{min-width:88px}
progress{appearance:none;flex:1 1 160px;max-width:420px;height:8px;border:0;border-radius:4px;background:var(--grid);overflow:hidden}
progress::-webkit-progress-bar{background:var(--grid)}progress::-webkit-progress-value{background:var(--link);border-radius:4px}progress::-moz-progress-bar{background:var(--link)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:10px;margin:20px 0 8px}
.tiles div{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:8px 12px;min-width:0}
.tiles dt{font-size:12px;color:var(--quiet);font-weight:400}.tiles dd{font-size:18px;line-height:1.3;font-weight:600;margin:0;overflow-wrap:anywhere}
#finished h2{margin-top:24px}#finished td:nth-child(2),#finished th:nth-child(2),#finished td:nth-child(3),#finished th:nth-child(3),#finished td:last-child,#finished th:last-child{text-align:left}
#finished .unusable td{text-decoration:none}
@media (max-width:600px){.tiles{grid-template-columns:1fr 1fr}.tiles dd{font-size:17px}}
`
