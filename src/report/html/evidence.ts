import type { Result } from '../../model/result.js'
import { standingSentence } from '../comparison.js'
import { describeLoad, describeMethod, shortLoad } from '../load.js'
import { reasonNotes } from '../notes.js'
import { describeEnvironment, repeatCommand } from '../origin.js'
import { publishedView } from '../published.js'
import { colourClass } from './chart.js'
import { html, type Markup } from './markup.js'
import type { LoadData } from './row-data.js'
import { thresholdsSection } from './thresholds.js'

/** What the figures rest on: verdicts with their evidence, thresholds, method, environment, scenario, and the command that repeats it. */
export function evidenceSections(result: Result, loads: readonly LoadData[], prefix: string): Markup {
  return html`${verdicts(result, loads, prefix)}${thresholdsSection(result, prefix)}${published(result)}${method(result)}${scenario(result)}`
}

function verdicts({ trials }: Result, loads: readonly LoadData[], prefix: string): Markup {
  const noted = loads.flatMap(({ view }) => view.rows.map((row) => ({ load: view.load, row, notes: reasonNotes(row) })))
  const told = noted.filter(({ notes, row }) => notes.length > 0 || row.standing === 'absent')
  return html`<section id="${prefix}verdicts"><h2>Verdicts</h2>${
    told.length === 0
      ? html`<p>${trials.length === 0 ? 'No trial finished.' : 'All trials that finished are valid, without a finding: the ledger adds up, and nothing disturbed the measurement.'}</p>`
      : told.map(
          ({
            load,
            row,
            notes,
          }) => html`<div class="verdict"><h3 class="${colourClass(row.row.transport)}"><span class="label">${row.row.label}</span>${loads.length > 1 ? html` <span class="quiet">at ${shortLoad(load)}</span>` : null}</h3><p>${row.row.label} ${standingSentence(row)}.</p>
<dl>${notes.map(
            ({ code, severity, rounds, message, evidence }) =>
              html`<dt><code>${code}</code> <b class="${severity === 'invalid' ? 'bad' : severity === 'degraded' ? 'warn' : 'finding'}">${severity}</b>${rounds === '' ? null : html` <span class="quiet">${rounds}</span>`}</dt><dd>${message}<br><span class="quiet">${evidence}</span></dd>`,
          )}</dl></div>`,
        )
  }</section>`
}

/** What somebody else measured and published, where the scenario repeats it. */
function published({ plan }: Result): Markup | null {
  if (plan.published === null) return null
  const { source, figures, note } = publishedView({ name: plan.scenario.name, published: plan.published })
  return html`<section><h2>What was published</h2><p>${source}</p><div class="scroll" tabindex="0" role="region" aria-label="What was published"><table><thead><tr><th scope="col">figure</th><th scope="col" class="text">published</th><th scope="col" class="text">expected here</th></tr></thead>
<tbody>${figures.map(({ what, published: figure, expect }) => html`<tr><th scope="row">${what}</th><td class="text">${figure}</td><td class="text">${expect}</td></tr>`)}</tbody></table></div><p class="note">${note}.</p></section>`
}

function method({ plan, environment, feedbench, trials }: Result): Markup {
  const first = trials[0]
  return html`<section><h2>Method and environment</h2><dl class="facts">
<dt>Measured</dt><dd>${describeMethod(plan)}; trials in random order, each with a fresh server.</dd>
<dt>Latency</dt><dd>From the intended publish to the moment at which the kernel handed the bytes over; missing messages are in no percentile.</dd>
<dt>Uncertainty</dt><dd>Of one round: from how the seconds of it differ, so that deliveries which are late together count once. Over rounds: their median, with an interval from 6 rounds on.</dd>
<dt>Bytes</dt><dd>Counted at the clients’ sockets, both directions, without TCP and IP headers.</dd>
<dt>Environment</dt><dd>${describeEnvironment(environment, feedbench.version)}</dd>
${first === undefined ? null : html`<dt>Begun</dt><dd><time datetime="${first.startedAt}">${first.startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time></dd>`}
</dl></section>`
}

function scenario(result: Result): Markup {
  const { plan } = result
  const command = repeatCommand(result)
  const feed = plan.trials[0]?.feed
  return html`<section><h2>Scenario</h2><dl class="facts">
<dt>Name</dt><dd>${plan.scenario.name}${plan.scenario.file === null ? null : html` (<code>${plan.scenario.file}</code>, SHA-256 ${plan.scenario.sha256.slice(0, 12)})`}</dd>
<dt>Feed</dt><dd>${feed === undefined ? '-' : feed.arrival}${feed?.trace ? ` from ${feed.trace.file}` : ''}</dd>
<dt>Load</dt><dd>${plan.loadPoints.slice(0, 50).map((load) => html`${describeLoad(load)}<br>`)}</dd>
<dt>Transports</dt><dd>${plan.transports.slice(0, 100).map(({ label, options }) => html`<span class="label">${label}</span> <span class="quiet">${JSON.stringify(options)}</span><br>`)}</dd>
<dt>Thresholds</dt><dd>${plan.thresholds.length === 0 ? 'none' : plan.thresholds.slice(0, 100).map((threshold) => html`<code>${threshold}</code><br>`)}</dd>
</dl>${command === null ? null : html`<p>Repeat it with</p><pre tabindex="0"><code>${command}</code></pre>`}</section>`
}
