import { colourClass } from './chart.js'
import { type Content, html, type Markup } from './markup.js'
import type { RowData } from './row-data.js'

/** A bar of one or more parts, as long as their sum, beside its numbers. */
export interface BarRow {
  row: RowData
  parts: { value: number; shade: number }[]
  cells: Content[]
}

/** Bars that are their own table: a row a label, the bar, and its numbers. */
export function barTable(caption: string, headings: readonly string[], rows: readonly BarRow[]): Markup {
  const longest = rows.reduce(
    (most, { parts }) =>
      Math.max(
        most,
        parts.reduce((sum, { value }) => sum + Math.max(0, value), 0),
      ),
    0,
  )
  return html`<div><h4>${caption}</h4><div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="bars" aria-label="${caption}">
<thead><tr><th scope="col"><span class="unseen">label</span></th><th scope="col" class="wide"><span class="unseen">bar</span></th>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ row, parts, cells }) =>
      html`<tr class="${colourClass(row.transport)}"><th scope="row">${labelOf(row)}</th><td class="wide">${bar(parts, longest)}</td>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div></div>`
}

export function labelOf({ label, isUnusable, view }: Pick<RowData, 'label' | 'isUnusable' | 'view'>): Markup {
  if (isUnusable) return html`<span class="label">${label}</span> <b class="bad">invalid</b>`
  if (view.standing === 'partly-invalid')
    return html`<span class="label">${label}</span> <b class="bad">${view.row.rounds.invalid} of ${view.roundCount} invalid</b>`
  if (view.standing === 'absent') return html`<span class="label">${label}</span> <b class="bad">not run</b>`
  return view.standing === 'degraded'
    ? html`<span class="label">${label}</span> <b class="warn">degraded</b>`
    : html`<span class="label">${label}</span>`
}

function bar(parts: BarRow['parts'], longest: number): Markup | null {
  if (longest <= 0) return null
  let from = 0
  const drawn = parts.map(({ value, shade }) => {
    const width = (Math.max(0, value) / longest) * 100
    const rect = html`<rect x="${from.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10" class="fill shade-${shade}"/>`
    from += width
    return rect
  })
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${drawn}</svg>`
}
