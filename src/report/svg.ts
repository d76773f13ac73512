import { greatest, least } from '../analysis/spread.js'
import type { Result } from '../model/result.js'
import { comparisonsOf, type LoadPointView, type RowView } from './comparison.js'
import { html, Markup } from './html/markup.js'
import { describeLoad } from './load.js'
import { formatDuration } from './quantity.js'

const WIDTH = 760
const ROW = 30
const LEFT = 230
const RIGHT = 96
const MOST_LOADS = 20
const MOST_ROWS = 40

const STYLE = `text{font:13px system-ui,sans-serif;fill:#1f2328}.q{fill:#59636e;font-size:12px}.bad{fill:#b3261e}.g{stroke:#d1d9e0}
.polling{--c:#b45309}.long-polling{--c:#be185d}.http-streaming{--c:#7c3aed}.sse{--c:#0369a1}.websocket{--c:#0f766e}.other{--c:#4b5563}
rect,circle{fill:var(--c)}rect{opacity:.35}.off rect,.off circle{fill:none;stroke:var(--c);stroke-dasharray:3 3}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.q{fill:#9198a1}.bad{fill:#ff9d94}.g{stroke:#3d444d}.polling{--c:#f0a04b}.long-polling{--c:#f472b6}.http-streaming{--c:#b69cff}.sse{--c:#58b7f0}.websocket{--c:#3fd0bd}.other{--c:#aab4bf}}`
const TRANSPORTS = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket']

/** Latency from p50 to p99 of each label on one logarithmic axis: a picture for a pull request, light or dark as its reader has it. */
export function renderSvg(results: readonly Result[]): string {
  const views = results
    .flatMap((result) => comparisonsOf(result).map((view) => ({ ...view, name: result.plan.scenario.name })))
    .slice(0, MOST_LOADS)
  const values = views.flatMap(({ rows }) => rows.flatMap((row) => endsOf(row) ?? []))
  const [low, high] = values.length === 0 ? [1e3, 1e4] : [least(values) / 1.3, greatest(values) * 1.3]
  const at = (us: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(us / low)) / Math.log(high / low)
  let top = 8
  const parts = views.map((view) => {
    const part = loadPoint(view, top, at)
    top += 30 + Math.min(MOST_ROWS, view.rows.length) * ROW + 14
    return part
  })
  const ticks = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7].filter((us) => us >= low && us <= high)
  const axis = ticks.map(
    (us) =>
      html`<line class="g" x1="${x(at(us))}" x2="${x(at(us))}" y1="8" y2="${top - 8}"/><text class="q" x="${x(at(us))}" y="${top + 8}" text-anchor="middle">${formatDuration(us)}</text>`,
  )
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 34}" width="${WIDTH}" height="${top + 34}" role="img" aria-label="Latency from p50 to p99 of each label"><style>${new Markup(STYLE.replaceAll('\n', ''))}</style>${axis}${parts}<text class="q" x="0" y="${top + 26}">dot: latency p50; bar: to p99; from the intended publish, medians of the rounds</text></svg>
`.text
}

function loadPoint({ load, rows, name }: LoadPointView & { name: string }, top: number, at: (us: number) => number): Markup {
  return html`<text x="0" y="${top + 14}" font-weight="600">${name}: ${describeLoad(load)}</text>${rows.slice(0, MOST_ROWS).map((row, place) => bar(row, top + 30 + place * ROW, at))}`
}

function bar(view: RowView, top: number, at: (us: number) => number): Markup {
  const { label, transport } = view.row
  const ends = endsOf(view)
  const isOff = view.standing === 'unusable' || view.standing === 'absent'
  const mark = isOff
    ? html` <tspan class="bad">${view.standing === 'absent' ? 'not run' : 'invalid'}</tspan>`
    : view.standing === 'partly-invalid'
      ? html` <tspan class="bad">partly invalid</tspan>`
      : view.standing === 'degraded'
        ? html` <tspan class="q">degraded</tspan>`
        : null
  const name = html`<text x="8" y="${top + 15}">${label.length > 26 ? `${label.slice(0, 25)}…` : label}${mark}</text>`
  if (ends === null) return name
  const [p50, p99] = ends
  return html`<g class="${TRANSPORTS.includes(transport) ? transport : 'other'}${isOff ? ' off' : ''}">${name}<rect x="${x(at(p50))}" y="${top + 5}" width="${x(at(p99) - at(p50))}" height="12" rx="2"/><circle cx="${x(at(p50))}" cy="${top + 11}" r="5"/><text class="q" x="${x(at(p99) + 8)}" y="${top + 15}">${formatDuration(p50)}, ${formatDuration(p99)}</text></g>`
}

function endsOf({ row }: RowView): [p50: number, p99: number] | null {
  const [p50, p99] = [row.metrics['latencyUs.p50'].median, row.metrics['latencyUs.p99'].median]
  return p50 === null || p99 === null ? null : [Math.max(1, p50), Math.max(1, p50, p99)]
}

function x(value: number): string {
  return value.toFixed(1)
}
