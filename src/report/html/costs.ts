import { median } from '../../analysis/spread.js'
import type { Trial } from '../../model/trial.js'
import { formatCount, formatDuration, formatPercent, formatRatio, formatSize } from '../quantity.js'
import { barTable, labelOf } from './bars.js'
import { figure, html, type Markup } from './markup.js'
import type { RowData } from './row-data.js'

type Pick1 = (trial: Trial) => number | null

/** The median over the rounds that count. */
export function over({ trials }: RowData, pick: Pick1): number | null {
  return median(trials.map(pick).filter((value) => value !== null))
}

/** What is in the bytes of a message, as far as it was counted: the text, and what carried it, in both directions. */
export function bytesSection(rows: readonly RowData[]): Markup {
  const shown = rows.filter(({ trials }) => trials.length > 0)
  return barTable(
    'Bytes per message: payload, then framing, then headers, in both directions',
    ['payload', 'framing', 'headers', 'in all', 'overhead', 'sent by the client'],
    shown.map((row) => {
      const [payload, framing, headers] = [payloadPerMessage, framingPerMessage, headersPerMessage].map((pick) => over(row, pick))
      // What nobody counted apart is drawn as one part, in its place.
      const parts = [payload, framing ?? over(row, overheadPerMessage), headers].map((value, shade) => ({
        value: value ?? 0,
        shade,
      }))
      return {
        row,
        parts,
        cells: [
          ...[payload, framing, headers].map((value) => figure(value ?? null, formatSize)),
          figure(
            over(row, ({ bytes }) => bytes.perMessage),
            formatSize,
          ),
          figure(
            over(row, ({ bytes }) => bytes.overheadRatio),
            formatPercent,
          ),
          figure(over(row, sentPerMessage), formatSize),
        ],
      }
    }),
  )
}

/** A part of the window's bytes, of one delivery in it. */
function perDelivery({ bytes }: Trial, part: number): number | null {
  const all = bytes.received + bytes.sent
  return bytes.perMessage === null || all === 0 ? null : (part / all) * bytes.perMessage
}

const payloadPerMessage: Pick1 = (trial) => perDelivery(trial, trial.bytes.payload)
/** Below 0 where compression saves more than framing costs. */
const framingPerMessage: Pick1 = (trial) => (trial.bytes.framing === null ? null : perDelivery(trial, trial.bytes.framing))
const headersPerMessage: Pick1 = (trial) => (trial.bytes.headers === null ? null : perDelivery(trial, trial.bytes.headers))
const overheadPerMessage: Pick1 = ({ bytes, ...trial }) =>
  perDelivery({ bytes, ...trial }, bytes.received + bytes.sent - bytes.payload)
const sentPerMessage: Pick1 = (trial) => perDelivery(trial, trial.bytes.sent)

export function serverSection(rows: readonly RowData[]): Markup {
  const shown = rows.filter(({ trials }) => trials.length > 0)
  return html`${barTable(
    'Server CPU per message: user, then system',
    ['user', 'system', 'in all', 'loop busy', 'GC'],
    shown.map((row) => {
      const all = over(row, ({ server }) => server.cpuUsPerMessage)
      const share = over(row, ({ server }) => (server.cpuUs ? (server.cpuUserUs ?? 0) / server.cpuUs : null))
      const [user, system] = all === null || share === null ? [null, null] : [all * share, all * (1 - share)]
      return {
        row,
        parts:
          user === null || system === null
            ? [{ value: all ?? 0, shade: 0 }]
            : [
                { value: user, shade: 0 },
                { value: system, shade: 1 },
              ],
        cells: [
          figure(user, formatDuration),
          figure(system, formatDuration),
          figure(all, formatDuration),
          figure(
            over(row, ({ server }) => server.eventLoopUtilization),
            formatPercent,
          ),
          figure(
            over(row, ({ server }) => server.gcUs),
            formatDuration,
          ),
        ],
      }
    }),
  )}
${memoryTable(shown)}`
}

function memoryTable(rows: readonly RowData[]): Markup {
  const found = rows.map((row) => ({ row, perConnection: over(row, ({ server }) => server.rssBytesPerConnection) }))
  const [first] = rows
  if (first !== undefined && found.every(({ perConnection }) => perConnection === null)) {
    const why = whyNot(first, 'server.rssBytesPerConnection')
    return html`<p class="note">Server memory per idle connection was not measured${why === null ? '' : `: ${why}`}.</p>`
  }
  return barTable(
    'Server memory per idle connection',
    ['per connection', 'of the process'],
    found.map(({ row, perConnection }) => ({
      row,
      parts: [{ value: perConnection ?? 0, shade: 0 }],
      cells: [
        perConnection === null ? 'not measured' : figure(perConnection, formatSize),
        figure(
          over(row, ({ server }) => server.rssBytes),
          formatSize,
        ),
      ],
    })),
  )
}

function whyNot({ trials }: RowData, path: string): string | null {
  return (
    trials
      .map(({ notMeasured }) => (Object.hasOwn(notMeasured, path) ? notMeasured[path] : undefined))
      .find((reason) => reason !== undefined) ?? null
  )
}

interface PlainColumn {
  name: string
  pick: Pick1
  format: (value: number | null) => string
}

/** Figures that are best read as figures: a row a label. */
export function plainTable(caption: string, rows: readonly RowData[], columns: readonly PlainColumn[]): Markup {
  const shown = rows.filter(({ trials }) => trials.length > 0)
  return html`<div><h4>${caption}</h4><div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table aria-label="${caption}">
<thead><tr><th scope="col"><span class="unseen">label</span></th>${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${shown.map((row) => html`<tr><th scope="row">${labelOf(row)}</th>${columns.map(({ pick, format }) => html`<td>${figure(over(row, pick), format)}</td>`)}</tr>`)}</tbody></table></div></div>`
}

const column = (name: string, pick: Pick1, format: PlainColumn['format']): PlainColumn => ({ name, pick, format })

export const REQUEST_COLUMNS: readonly PlainColumn[] = [
  column('requests', ({ requests }) => requests.total, formatCount),
  column('per message', ({ requests }) => requests.perMessage, formatRatio),
  column('empty', ({ requests }) => (requests.total === 0 ? null : requests.empty / requests.total), formatPercent),
  column('failed', ({ requests }) => requests.failed, formatCount),
  column('skipped', ({ requests }) => requests.skipped, formatCount),
  column('messages/response', ({ requests }) => requests.messagesPerResponse, formatRatio),
  column('messages/write', ({ server }) => server.messagesPerWrite, formatRatio),
]

export const STALENESS_COLUMNS: readonly PlainColumn[] = [
  column('mean', ({ stalenessUs }) => stalenessUs.mean, formatDuration),
  column('p50', ({ stalenessUs }) => stalenessUs.p50, formatDuration),
  column('p99', ({ stalenessUs }) => stalenessUs.p99, formatDuration),
  column('max', ({ stalenessUs }) => stalenessUs.max, formatDuration),
]

export const CONNECT_COLUMNS: readonly PlainColumn[] = [
  column('p50', ({ connectUs }) => connectUs.p50, formatDuration),
  column('p99', ({ connectUs }) => connectUs.p99, formatDuration),
  column('max', ({ connectUs }) => connectUs.max, formatDuration),
  column('opened', ({ connections }) => connections.opened, formatCount),
  column('failed', ({ connections }) => connections.failed, formatCount),
  column('reconnects', ({ connections }) => connections.reconnects, formatCount),
]

export const LEDGER_COLUMNS: readonly PlainColumn[] = [
  column('scheduled', ({ messages }) => messages.scheduled, formatCount),
  column('published', ({ messages }) => messages.published, formatCount),
  column('expected', ({ messages }) => messages.expected, formatCount),
  column('delivered', ({ messages }) => messages.delivered, formatCount),
  column('missing', ({ messages }) => messages.missing, formatCount),
  column('superseded', ({ messages }) => messages.superseded, formatCount),
  column('duplicates', ({ messages }) => messages.duplicates, formatCount),
  column('reordered', ({ messages }) => messages.reordered, formatCount),
]
