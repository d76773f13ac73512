import { formatDuration, formatPercent, formatRatio, formatSize } from '../quantity.js'
import { labelOf } from './bars.js'
import { figure, html, type Markup } from './markup.js'
import type { RowData } from './row-data.js'

/** As trials have it where there is a model of their transport. */
interface Prediction {
  figures: { metric: string; expected: number; measured: number | null; deviation: number | null; source: string }[]
  notCovered: string | null
}

/** What theory expects against what was measured, of each round; nothing where no trial has a prediction. */
export function predictedSection(rows: readonly RowData[]): Markup | null {
  const found = rows.flatMap((row) => row.trials.map((trial) => ({ row, trial, predicted: predictionOf(trial) })))
  const predicted = found.filter((one) => one.predicted !== null)
  if (predicted.length === 0) return null
  return html`<section><h3>Measured against predicted</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Measured against predicted"><table><thead><tr><th scope="col">label</th><th scope="col">round</th><th scope="col">figure</th><th scope="col">predicted</th><th scope="col">measured</th><th scope="col">deviation</th><th scope="col">by</th></tr></thead>
<tbody>${predicted.flatMap(({ row, trial, predicted }) =>
    (predicted?.figures ?? []).map(
      ({ metric, expected, measured, deviation, source }) =>
        html`<tr><th scope="row">${labelOf(row)}</th><td>${trial.round}</td><td class="text">${metric}</td><td>${figure(expected, formatOf(metric))}</td><td>${figure(measured, formatOf(metric))}</td><td>${figure(deviation, formatPercent)}</td><td class="text">${source}</td></tr>`,
    ),
  )}</tbody></table></div>
${[...new Set(predicted.map(({ predicted }) => predicted?.notCovered ?? ''))].filter((why) => why !== '').map((why) => html`<p class="note">Not covered by a model: ${why}</p>`)}</section>`
}

function predictionOf(trial: object): Prediction | null {
  const { predicted } = trial as { predicted?: Prediction | null }
  return predicted === undefined || predicted === null || !Array.isArray(predicted.figures) ? null : predicted
}

/** The path says what a figure is. */
function formatOf(metric: string): (value: number | null) => string {
  if (/Us(\.|$)/.test(metric)) return formatDuration
  if (metric.startsWith('bytes.') && !metric.endsWith('Ratio')) return formatSize
  return /Share$/.test(metric) ? formatPercent : formatRatio
}
