import { type Content, html, type Markup } from './markup.js'

/** What the script of the page draws: lines over a common x. Everything in base units; `null` is a gap. */
export interface Chart {
  title: string
  /** `percentile`: x is 1 / (1 - share), as HDR plots have it. */
  x: { scale: 'linear' | 'log' | 'percentile'; unit: Unit; label: string }
  y: { scale: 'linear' | 'log'; unit: Unit; label: string }
  lines: Line[]
  xs: number[]
}

export type Unit = 'us' | 'ms' | 'bytes' | 'count' | 'share' | 'percent' | 'perSec'

export interface Line {
  label: string
  transport: string
  /** How many labels of the same transport come before: it says how the line is dashed. */
  variant: number
  /** Drawn dotted, and said to be: figures that must not be used. */
  isInvalid: boolean
  ys: (number | null)[]
}

/** Lines beyond this are not told apart by anybody. */
export const MOST_LINES = 12

/** The charts of a page, which its script finds by their number. */
export class ChartList {
  readonly charts: Chart[] = []

  /** A figure with the place for the drawing, its key, what it says in words, and its numbers as a table. */
  add(chart: Chart, note: Content, table: Markup): Markup {
    const lines = chart.lines.filter(({ ys }) => ys.some((y) => y !== null))
    if (lines.length === 0 || chart.xs.length === 0) return html``
    const number =
      this.charts.push({
        ...chart,
        xs: chart.xs.map(rounded),
        lines: lines.map((line) => ({ ...line, ys: line.ys.map(roundedOrNull) })),
      }) - 1
    const description = `${chart.title}: ${chart.y.label} against ${chart.x.label}, ${lines.map(({ label }) => label).join(', ')}. The numbers are in the table below; arrow keys move through them.`
    return html`<figure class="chart" data-chart="${number}">
<figcaption><h4>${chart.title}</h4><p>${note}</p></figcaption>
<ul class="key">${lines.map(keyOf)}</ul>
<div class="axis-y">${chart.y.label}</div>
<div class="plot" role="img" tabindex="0" aria-label="${description}"></div>
<div class="axis-x"><span>${chart.x.label}</span><output></output></div>
${details(table)}
</figure>`
  }
}

function details(table: Markup): Markup {
  return html`<details><summary>Numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="Numbers of the chart">${table}</div></details>`
}

function keyOf({ label, transport, variant, isInvalid }: Line): Markup {
  return html`<li class="${colourClass(transport)}"><svg width="22" height="8" aria-hidden="true"><line x1="1" y1="4" x2="21" y2="4" class="stroke dash-${isInvalid ? 'invalid' : variant % 4}"/></svg><span>${label}${isInvalid ? html` <b class="bad">invalid</b>` : null}</span><output></output></li>`
}

const COLOURS = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket']

/** The same colour for a transport everywhere; those of plug-ins share one. */
export function colourClass(transport: string): string {
  return `t-${COLOURS.includes(transport) ? transport : 'other'}`
}

/** To four digits: more than any pixel shows. */
function rounded(value: number): number {
  return Number(value.toPrecision(5))
}

function roundedOrNull(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(4))
}
