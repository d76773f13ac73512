import type { Result } from '../../model/result.js'
import { thresholdNote } from '../notes.js'
import { html, type Markup } from './markup.js'

/** More of them that did not hold are in the section alone. */
const MOST_NAMED = 5

const STATUS = { pass: ['good', 'pass'], fail: ['bad', 'fail'], 'no-data': ['warn', 'no data'] } as const

/** Whether the thresholds hold, in a line or two of the answer; nothing where there are none. */
export function thresholdsAnswer({ summary: { thresholds } }: Result, prefix: string): Markup | null {
  if (thresholds.length === 0) return null
  const open = thresholds.filter(({ status }) => status !== 'pass')
  const link = html`<a href="#${prefix}thresholds">Thresholds, with what was measured</a>`
  if (open.length === 0)
    return html`<p>${status('pass')} ${thresholds.length === 1 ? 'The threshold holds' : `All ${thresholds.length} thresholds hold`}. ${link}</p>`
  const named = open.slice(0, MOST_NAMED)
  const more = open.length - named.length
  return html`<p>${thresholds.length === 1 ? 'The threshold' : `${thresholds.length - open.length} of ${thresholds.length} thresholds hold; the others`}:</p>
<ul class="plain">${named.map((outcome) => html`<li>${status(outcome.status)} <code>${outcome.threshold}</code></li>`)}${more > 0 ? html`<li>${more} more</li>` : null}</ul><p>${link}</p>`
}

export function thresholdsSection({ summary }: Result, prefix: string): Markup | null {
  if (summary.thresholds.length === 0) return null
  return html`<section id="${prefix}thresholds"><h2>Thresholds</h2><div class="scroll" tabindex="0" role="region" aria-label="Thresholds"><table><thead><tr><th scope="col">threshold</th><th scope="col" class="text">outcome</th><th scope="col" class="text">measured</th></tr></thead><tbody>${summary.thresholds
    .map(thresholdNote)
    .map(
      ({ threshold, status: outcome, details }) =>
        html`<tr><th scope="row"><code>${threshold}</code></th><td class="text">${status(outcome)}</td><td class="text">${details.map((detail) => html`${detail}<br>`)}</td></tr>`,
    )}</tbody></table></div></section>`
}

function status(of: keyof typeof STATUS): Markup {
  const [role, word] = STATUS[of]
  return html`<b class="${role}">${word}</b>`
}
