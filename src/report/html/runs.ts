import { groupBy } from '../../analysis/cells.js'
import type { Result } from '../../model/result.js'
import { shortLoad } from '../load.js'
import { describeVersion } from '../origin.js'
import { type SideBySideRow, sideBySide } from '../side-by-side.js'
import { colourClass } from './chart.js'
import { html, type Markup } from './markup.js'

const MOST_CHARACTERS = 24

/** Several runs next to each other, before each of them by itself. */
export function runsSection(results: readonly Result[]): Markup | null {
  if (results.length < 2) return null
  const rows = sideBySide(results)
  const times = results.map(({ trials: [first] }) =>
    first === undefined ? 'no trial' : `${first.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
  )
  const areAlike = new Set(results.map(({ plan }) => plan.scenario.name)).size === 1
  const names = results.map(
    ({ plan }, place) => `${place + 1}: ${areAlike ? '' : `${shortened(plan.scenario.name)}, `}${times[place]}`,
  )
  return html`<header><p class="kicker">feedbench report</p><h1>${results.length} runs side by side</h1></header>
<ol class="plain">${results.map(({ plan, environment, feedbench }, place) => html`<li><a href="#run-${place + 1}">${plan.scenario.name}</a> <span class="quiet">${times[place] ?? ''}, seed ${plan.seed}, ${describeVersion(environment, feedbench.version)}</span></li>`)}</ol>
${
  rows.length === 0
    ? html`<p>No two of them have a label and a load point in common.</p>`
    : html`<p class="note">Runs differ by more than what they measured: the machine, the day, what else was running. This table shows, and judges nothing.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Runs side by side"><table class="main side"><thead><tr><th scope="col">figure</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
${[...groupBy(rows, ({ label, load }) => JSON.stringify([label, load])).values()].map((group) => groupOf(group, results.length))}</table></div>`
}`
}

/** In the head of a column; the list of the runs has it whole. */
function shortened(name: string): string {
  const characters = [...name]
  return characters.length > MOST_CHARACTERS ? `${characters.slice(0, MOST_CHARACTERS).join('')}…` : name
}

function groupOf(rows: readonly SideBySideRow[], runs: number): Markup | null {
  const [first] = rows
  if (first === undefined) return null
  return html`<tbody class="${colourClass(first.transport)}"><tr><th scope="rowgroup" colspan="${runs + 1}"><span class="label">${first.label}</span> <span class="quiet">${shortLoad(first.load)}</span></th></tr>
${rows.map(
  ({ name, cells }) =>
    html`<tr><td class="text">${name}</td>${cells.map(
      ({ value, spread, isInvalid }) =>
        html`<td>${value}${spread === '' ? null : html` <span class="quiet">${spread}</span>`}${isInvalid ? html` <b class="bad">invalid</b>` : null}</td>`,
    )}</tr>`,
)}</tbody>`
}
